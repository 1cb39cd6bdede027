/**
 * What must have happened before a page is first painted: light or dark as the reader chose, without a flash.
 */

import { restoreTheme } from "./theme.js";

restoreTheme();
