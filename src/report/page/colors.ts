/** The colors of the pages, light and dark. Every text has the contrast that WCAG AA requires. */
export const COLORS = `
:root { color-scheme: light dark;
  --ground: #f6f7f9; --card: #fff; --ink: #16202c; --soft: #52606f; --line: #d9dfe6; --edge: #7f8b98; --code: #f0f3f6; --link: #0b57a4;
  --up: #12703f; --down: #b3201f; --unknown: #5b6673; --warning: #8a5200; --info: #0b57a4;
  --up-bg: #e3f4ea; --down-bg: #fce8e6; --unknown-bg: #e9edf1; --warning-bg: #fdf0d9; --info-bg: #e4eefa;
  --bar-up: #3fa36c; --bar-down: #c62f2d; --bar-unknown: #98a4b0; --bar-maintenance: #5b8fd6;
  --ph0: #8856a7; --ph1: #c994c7; --ph2: #41ab5d; --ph3: #2b8cbe; --ph4: #7bccc4; --ph5: #fdae61; --ph6: #d7301f; --ph7: #8c6d31; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #10151b; --card: #182029; --ink: #e8edf2; --soft: #a3b0bd; --line: #2d3845; --edge: #7d8a98; --code: #0f151b; --link: #7db8f5;
  --up: #6fd39b; --down: #ff9a92; --unknown: #a9b4c0; --warning: #f2bf6b; --info: #7db8f5;
  --up-bg: #14301f; --down-bg: #3b1a1a; --unknown-bg: #242e39; --warning-bg: #362811; --info-bg: #152a41;
  --bar-up: #3f9d6a; --bar-down: #e2524d; --bar-unknown: #6b7885; --bar-maintenance: #5b8fd6; } }`;
