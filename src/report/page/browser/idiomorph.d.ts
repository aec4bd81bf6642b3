/** The types of `/assets/idiomorph.js`, which the server reads from the package. */
export { Idiomorph } from 'idiomorph';
