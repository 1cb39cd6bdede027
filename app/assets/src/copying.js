/**
 * Copies the text of a field, and says so.
 */

/**
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {HTMLElement} said where it is said
 * @param {string} done
 */
export async function copy(field, said, done) {
    field.focus();
    field.select();
    try {
        await navigator.clipboard.writeText(field.value);
        said.textContent = done;
    } catch {
        // Without a secure address there is no clipboard to write to; the text is selected for the reader's own keys.
        said.textContent = document.execCommand("copy") ? done : "It is selected: copy it with your keyboard.";
    }
}
