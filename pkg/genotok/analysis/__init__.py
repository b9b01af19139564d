"""What a tokenized file looks like: counts, classes, bins and views, as arrays that a front only draws."""
