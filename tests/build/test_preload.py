"""The head of the page asks for what a start imports: all of it, each once, nothing else."""

APP = {
    "start.js": b'// one\nimport { engine } from "./engine.js";\nexport const a = 1;',
    "engine.js": b'import {\n  failure,\n  PROTOCOL,\n} from "./protocol.js";\nconst late = () => import("./node.js");',
    "protocol.js": b'export const PROTOCOL = 1; // from "./nowhere.js"',
    "worker.js": b'import "./protocol.js";\nexport { x } from "./parts/x.js";',
    "parts/x.js": b'import { y } from "../engine.js";\nimport * as z from "./z.js";',
    "parts/z.js": b"",
    "node.js": b"",
    "app.js": b'import { engine } from "./start.js";\nimport "./views/a.js";\n'
    b'const late = () => import("./views/late.js");',
    "views/a.js": b'import{h}from"../vendor/b.js";import{k}from"../vendor/c.js";const l=()=>import("./late.js");',
    "views/late.js": b"",
    "vendor/b.js": b"",
    "vendor/c.js": b'import{y}from"../engine.js";',
}


def test_modules_are_those_that_the_entries_reach():
    """Imports are followed from file to file, over lines and folders; what is imported later is left out."""
    from preload import start_modules

    expected = ["start.js", "worker.js", "engine.js", "protocol.js", "parts/x.js", "parts/z.js"]
    assert start_modules(APP) == expected


def test_links_name_the_folder():
    """One line a module; the first script is no link."""
    from preload import preload_links

    lines = preload_links(APP, "a/0123").splitlines()
    assert lines[0] == '<link rel="modulepreload" href="a/0123/worker.js">'
    assert len(lines) == 5
    assert not any("start.js" in line for line in lines)


def test_the_first_screen_has_links_of_its_own():
    """They name what the first screen needs beyond the engine's start, several imports a line; nothing later."""
    from preload import screen_links

    names = ["views/a.js", "vendor/b.js", "vendor/c.js"]
    links = [f'<link rel="modulepreload" href="a/0123/{name}" fetchpriority="high">' for name in names]
    assert screen_links(APP, "a/0123").splitlines() == links


def test_the_page_has_a_place_for_them(root):
    """Every module of the start exists, and index.html names none of them itself."""
    from preload import start_modules

    web = root / "web"
    folders = (web, web / "plain", web / "pool", web / "worker")
    app = {path.relative_to(web).as_posix(): path.read_bytes() for folder in folders for path in folder.glob("*.js")}
    met = start_modules(app)
    assert {"engine.js", "worker/boot.js", "worker/fence.js", "worker/library.js"} <= set(met)
    page = (root / "web/index.html").read_text()
    assert page.count("@MODULES@") == page.count("@SCREEN@") == 1
    assert "modulepreload" not in page
