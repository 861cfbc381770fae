// What the form page needs of fflate before anybody opens a file: to pack what was filled in.
export { zipSync } from "fflate";
