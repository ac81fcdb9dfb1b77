// @ts-check
// Helpers for the page's elements.  Texts are set as textContent, so none of them is read as markup.

/**
 * Finds an element of index.html.
 * @template {HTMLElement} Type
 * @param {string} id
 * @param {new () => Type} type
 * @returns {Type}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} called ${id}.`);
  return found;
}

/**
 * Makes an element.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Partial<HTMLElementTagNameMap[Name]>} [properties]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Returns the nonce of this answer of the server, with which a library may add a `<style>`. */
export const styleNonce = () =>
  /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name="style-nonce"]'))?.nonce ?? "";
