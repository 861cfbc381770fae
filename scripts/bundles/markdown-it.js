// What the form page needs of markdown-it: a case's text taken apart, to see how much it is and where it links to.
/*! entities - BSD-2-Clause License (c) Felix Böhm; linkify-it, mdurl, punycode.js, uc.micro - MIT License */
export { default as MarkdownIt } from "markdown-it";
