/** The types of `/assets/idiomorph.js`. The server reads that file from the package. */
export { Idiomorph } from 'idiomorph';
