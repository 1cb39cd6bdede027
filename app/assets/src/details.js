/**
 * One incident in words, as elements: what is known, how closely, and who says so.
 *
 * The words come from the service; here they only get their places. Nothing a record says is read as markup.
 */

import { linkAway, make } from "./elements.js";
import { makeSymbol } from "./symbols.js";
import { sayGiven } from "./words.js";

/** @typedef {import("./types.js").Detail} Detail */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./elements.js").Child} Child */

/**
 * The line above a title: symbol, kind, and whether it stands for many.
 * @param {Detail} detail
 * @param {View} view
 */
export function kindLine(detail, view) {
    const pattern = detail.extent === "pattern";
    const family = view.taxonomy.kinds.find(({ key }) => key === detail.kind)?.family ?? "other";
    const term = { key: String(detail.kind), label: "", plural: "", family };
    return make(
        "p",
        { class: "kind-line" },
        makeSymbol(term, { pattern }),
        make("span", {}, detail.kind_label ?? detail.kind),
        pattern ? make("span", { class: "tag" }, "Pattern, not one incident") : null,
        occurrencesOf(detail) ? make("span", { class: "tag" }, occurrencesOf(detail)) : null,
    );
}

/**
 * The facts of an incident: when, where, what with, who, harm, transfer.
 * @param {Detail} detail
 * @returns {HTMLElement}
 */
export function factsOf(detail) {
    const when = detail.when ?? {};
    const where = detail.where ?? {};
    return make(
        "dl",
        { class: "facts" },
        fact("When", [
            line(when.words ?? "date not given"),
            note(when.time_of_day && `Time of day: ${when.time_of_day}`),
            note(when.duration && `Lasted: ${when.duration}`),
            note(when.reported && `Reported: ${sayGiven(when.reported)}`),
        ]),
        fact("Where", [
            line(where.words ?? "place not known"),
            note(closenessOf(where)),
            note(where.disc_m && `No boundary of it is loaded: it is drawn as a dashed disc of ${where.disc_m / 1000} km around its middle.`),
            note(where.generalised && "Shown more coarsely than it is known, to protect people."),
        ]),
        fact("Aircraft and systems", aircraftOf(detail)),
        ...peopleOf(detail),
        fact("Hit", targetsOf(detail)),
        fact("Harm", harmOf(detail)),
        fact("Transfer", transferOf(detail)),
    );
}

/**
 * What the sources contradict each other in, side by side. Null when they agree.
 * @param {Detail} detail
 */
export function contradictionsOf(detail) {
    const fields = list(detail.contradictions);
    if (!fields.length) {
        return null;
    }
    return make(
        "section",
        { class: "disagree" },
        make("h3", {}, "Sources disagree"),
        ...fields.flatMap((/** @type {any} */ field) => [
            make("p", { class: "disagree__field" }, FIELDS[field.field] ?? field.field),
            make(
                "dl",
                { class: "disagree__values" },
                ...list(field.values).map((/** @type {any} */ value) =>
                    make(
                        "div",
                        {},
                        make("dt", { dir: "auto" }, value.source_title ?? value.source),
                        make("dd", { dir: "auto" }, value.value),
                    ),
                ),
            ),
        ]),
    );
}

/**
 * Who published it, with links, claimants and quotes.
 * @param {Detail} detail
 */
export function sourcesOf(detail) {
    const sources = list(detail.sources);
    if (!sources.length) {
        return null;
    }
    const items = sources.map((/** @type {any} */ source) => {
        const cited = list(detail.citations).filter((/** @type {any} */ one) => one.source === source.key);
        const claimants = unique(cited.map((/** @type {any} */ one) => one.claimant));
        const by = [source.author, source.publisher, source.published].filter(Boolean).join(", ");
        return make(
            "li",
            {},
            make(
                "div",
                {},
                linkAway(source.url, source.title ?? source.publisher ?? source.key),
                make("p", { class: "note", dir: "auto" }, by),
                source.url ? null : make("p", { class: "note" }, "No address was recorded."),
                claimants.length ? make("p", { class: "note", dir: "auto" }, `citing ${claimants.join(", ")}`) : null,
                ...unique(cited.map((/** @type {any} */ one) => one.quote)).map((quote) =>
                    make("blockquote", { class: "note", dir: "auto" }, quote),
                ),
                source.note ? make("p", { class: "note", dir: "auto" }, source.note) : null,
            ),
        );
    });
    return make("section", {}, make("h3", {}, sources.length === 1 ? "Source" : "Sources"), make("ol", { class: "sources" }, ...items));
}

/**
 * Records of other datasets that are this same incident.
 * @param {Detail} detail
 * @param {(id: string) => string} addressOf
 */
export function sameOf(detail, addressOf) {
    const same = list(detail.same_as);
    if (!same.length) {
        return null;
    }
    const items = same.map((/** @type {any} */ one) =>
        make(
            "li",
            {},
            make("a", { href: addressOf(one.id), dir: "auto" }, one.title ?? one.id),
            make("p", { class: "note", dir: "auto" }, [one.kind_label, datasetOf(one), one.harm_words].filter(Boolean).join(" · ")),
        ),
    );
    const head = "The same incident elsewhere";
    return make(
        "section",
        {},
        make("h3", {}, head),
        make("p", { class: "note" }, "Counted once; both records are shown."),
        make("ul", { class: "same" }, ...items),
    );
}

/** @type {Record<string, string>} */
const FIELDS = {
    incident: "What happened",
    date: "When",
    when: "When",
    place: "Where",
    harm: "Harm",
    transfer: "Transfer",
    value: "Value",
    aircraft: "Aircraft",
    participants: "Who took part",
    goods: "Goods",
};

/** @param {Detail} detail */
function occurrencesOf(detail) {
    const { min = null, max = null } = detail.occurrences ?? {};
    if (min === null && max === null) {
        return "";
    }
    if (min === max) {
        return min === 1 ? "" : `${min} times`;
    }
    return max === null ? `at least ${min} times` : min === null ? `up to ${max} times` : `${min} to ${max} times`;
}

/** @param {any} where */
function closenessOf(where) {
    const known = where.precision !== "unknown" && where.precision_label;
    const parts = [known && `Known to: ${String(known).toLowerCase()}`, where.reason];
    return parts.filter(Boolean).join(". ");
}

/** @param {Detail} detail @returns {Child[]} */
function aircraftOf(detail) {
    const uses = list(detail.aircraft?.uses);
    if (!uses.length) {
        return [];
    }
    const any = detail.aircraft.match === "any" && uses.length > 1;
    const items = uses.map((/** @type {any} */ use) => {
        const count = countOf(use.count_min, use.count_max);
        const suspected = use.certainty === "suspected" ? " (suspected)" : use.certainty === "denied" ? " (denied)" : "";
        return make(
            "li",
            { dir: "auto" },
            `${count ? `${count} × ` : ""}${use.label ?? use.type}${suspected}`,
            use.role ? make("span", { class: "note" }, ` ${use.role}`) : null,
        );
    });
    return [any ? make("p", { class: "note" }, "One of these; the source does not say which") : null, make("ul", {}, ...items)];
}

/** @param {Detail} detail */
function peopleOf(detail) {
    /** @type {Map<string, any[]>} */
    const roles = new Map();
    for (const one of list(detail.participants)) {
        const role = one.role_label ?? one.role;
        roles.set(role, [...(roles.get(role) ?? []), one]);
    }
    return [...roles].map(([role, people]) =>
        fact(role, [
            make(
                "ul",
                {},
                ...people.map((one) =>
                    make(
                        "li",
                        { dir: "auto" },
                        one.name,
                        one.certainty && one.certainty !== "known" ? make("span", { class: "note" }, ` (${one.certainty})`) : null,
                        one.as_spelled ? make("span", { class: "note" }, ` spelled “${one.as_spelled}” in the source`) : null,
                    ),
                ),
            ),
        ]),
    );
}

/** @param {Detail} detail @returns {Child[]} */
function targetsOf(detail) {
    const targets = list(detail.targets).map((/** @type {any} */ one) =>
        one.words && one.words.toLowerCase() !== String(one.label).toLowerCase() ? `${one.label} (${one.words})` : one.label ?? one.type,
    );
    return targets.length ? [line(targets.join(", "))] : [];
}

/** @param {Detail} detail @returns {Child[]} */
function harmOf(detail) {
    const claims = list(detail.harm?.claims);
    // What all claims have in common is said once, and not each of them again.
    if (new Set(claims.map((/** @type {any} */ claim) => `${claim.claimant ?? ""}|${gradeOf(claim)}`)).size < 2) {
        const said = claims[0]?.claimant ? `according to ${claims[0].claimant}` : "";
        return detail.harm?.words ? [line(detail.harm.words), note(said), note(gradeOf(claims[0]))] : [];
    }
    const items = claims.map((/** @type {any} */ claim) =>
        make(
            "li",
            { dir: "auto" },
            claim.words ?? claim.group_label,
            make("span", { class: "note" }, [claim.claimant && ` according to ${claim.claimant}`, gradeOf(claim)].filter(Boolean).join("; ")),
        ),
    );
    return [line(detail.harm.words), make("ul", { class: "note" }, ...items)];
}

/** @param {any} claim */
function gradeOf(claim) {
    return claim?.grade ? ` graded ${claim.grade}` : "";
}

/** @param {Detail} detail @returns {Child[]} */
function transferOf(detail) {
    const { transfer } = detail;
    return transfer ? [line(transfer.words ?? transfer.stage_label)] : [];
}

/**
 * @param {number | null | undefined} min
 * @param {number | null | undefined} max
 */
function countOf(min, max) {
    if (min === null || min === undefined) {
        return max === null || max === undefined ? "" : `up to ${max}`;
    }
    if (max === null || max === undefined) {
        return `at least ${min}`;
    }
    return min === max ? String(min) : `${min} to ${max}`;
}

/** @param {any} one */
function datasetOf(one) {
    return typeof one.dataset === "string" ? one.dataset : (one.dataset?.title ?? "");
}

/**
 * @param {string} name
 * @param {Child[]} children
 * @returns {HTMLElement | null} null when there is nothing to say
 */
function fact(name, children) {
    const kept = children.filter(Boolean);
    return kept.length ? make("div", {}, make("dt", {}, name), make("dd", {}, ...kept)) : null;
}

/** @param {string | null | undefined} text */
function line(text) {
    return text ? make("p", { dir: "auto" }, text) : null;
}

/** @param {unknown} text */
function note(text) {
    return text ? make("p", { class: "note", dir: "auto" }, String(text)) : null;
}

/** @param {unknown} value @returns {any[]} */
function list(value) {
    return Array.isArray(value) ? value : [];
}

/** @param {unknown[]} values @returns {string[]} */
function unique(values) {
    return [...new Set(values.filter(Boolean).map(String))];
}
