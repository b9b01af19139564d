// What the page uses of preact; properties of views are whatever their parents give.
export class Component {
  constructor(props?: any);
  props: any;
  state: any;
  setState(change: any): void;
  [field: string]: any; // elements that a view refers to, and what it counts by them
}
export function h(type: any, props?: any, ...children: any[]): any;
export function render(view: any, place: Element): void;
