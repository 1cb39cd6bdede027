/**
 * Text as searching compares it.
 *
 * It searches nothing.
 */

/**
 * Folds text the same way as the service.
 * @param {string} text
 * @returns {string}
 */
export function fold(text) {
    return text
        .normalize("NFKD")
        .toLowerCase()
        .normalize("NFKD")
        .replace(/(?![\u1000-\u109f])\p{Mn}/gu, "")
        .normalize("NFC")
        .split(/\s+/u)
        .filter(Boolean)
        .join(" ");
}
