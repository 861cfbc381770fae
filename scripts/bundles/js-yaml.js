// What the form page needs of js-yaml: the events of a text, and to write.
export { dump, getScalarValue, parseEvents } from "js-yaml";
