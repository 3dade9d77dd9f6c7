"""The index of the manual as a page: its style, and a search box whose script needs no server and no network."""

from __future__ import annotations

#: What stands for the sections of the libraries, see `keyword_manual`.
SECTIONS = "<!-- sections -->"

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Keywords</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
li { margin: .5rem 0; }
p, small, output { color: #555; }
small { display: block; }
a { color: #0b5cad; text-decoration: none; }
a:hover { text-decoration: underline; }
form { position: sticky; top: 0; padding: .5rem 0; background: #fff; }
input { font: inherit; width: 24rem; max-width: 100%; padding: .25rem .5rem; }
</style>
</head>
<body>
<h1>Keywords</h1>
<p>In front of each may stand Given, When, Then, And or But. Words in <var>italics</var> are values.</p>
<form role="search">
<input type="search" name="q" placeholder="Search names and descriptions" aria-label="Search" autofocus>
<output></output>
</form>
<!-- sections -->
<script>
// Shows what has all the words, in its name or its description; the words stand in the address, for a link to a search.
const form = document.querySelector("form");
const box = document.querySelector("input");
const sections = Array.from(document.querySelectorAll("section"));

function search() {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const fits = (element) => words.every((word) => element.dataset.text.includes(word));
  let found = 0;
  for (const section of sections) {
    let within = 0;
    for (const item of section.querySelectorAll("li")) {
      item.hidden = !fits(item);
      within += item.hidden ? 0 : 1;
    }
    section.hidden = within === 0 && !fits(section);
    found += within;
  }
  document.querySelector("output").textContent = words.length ? found + " found" : "";
  history.replaceState(null, "", words.length ? "#q=" + encodeURIComponent(box.value) : location.pathname);
}

if (location.hash.startsWith("#q=")) box.value = decodeURIComponent(location.hash.slice(3));
box.addEventListener("input", search);
form.addEventListener("submit", (event) => event.preventDefault());
if (box.value) search();
</script>
</body>
</html>
"""
