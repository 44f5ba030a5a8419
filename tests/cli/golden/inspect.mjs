// Checks the JSON of `open --inspect --json` on standard input against the schema beside this file.
// Usage: node inspect.mjs < report.json; prints the report's one-line form, or what is wrong.
//
// The checker knows the few words of JSON Schema that the schema uses, and refuses any other.
import { readFileSync } from 'node:fs';

const schema = JSON.parse(readFileSync(new URL('inspect.schema.json', import.meta.url)));
const kinds = {
    object: v => v !== null && typeof v === 'object' && !Array.isArray(v),
    array: v => Array.isArray(v),
    string: v => typeof v === 'string',
    integer: v => Number.isInteger(v),
    boolean: v => typeof v === 'boolean',
    null: v => v === null,
};
const known = new Set(['$schema', 'title', 'description', 'type', 'enum', 'const', 'pattern', 'minimum',
    'properties', 'required', 'additionalProperties', 'items', 'minItems']);

function check(value, s, path) {
    const wrong = why => { throw new Error(`${path || 'the report'}: ${why}`); };

    for (const word of Object.keys(s)) if (!known.has(word)) wrong(`the schema's word ${word} is not known`);
    if (s.type && ![s.type].flat().some(t => kinds[t](value))) wrong(`is not of type ${s.type}`);
    if ('const' in s && value !== s.const) wrong(`is not ${s.const}`);
    if (s.enum && !s.enum.includes(value)) wrong(`${value} is none of ${s.enum}`);
    if (s.pattern && typeof value === 'string' && !new RegExp(s.pattern).test(value)) wrong(`${value} does not match`);
    if ('minimum' in s && typeof value === 'number' && value < s.minimum) wrong(`${value} is too small`);
    if (kinds.object(value) && s.properties) {
        for (const key of s.required) if (!(key in value)) wrong(`${key} is missing`);
        for (const key of Object.keys(value)) {
            if (s.properties[key]) check(value[key], s.properties[key], `${path}.${key}`);
            else if (s.additionalProperties === false) wrong(`${key} is not in the schema`);
        }
        if (Object.keys(value).join() !== Object.keys(s.properties).filter(k => k in value).join())
            wrong('its keys are in another order');
    }
    if (kinds.array(value)) {
        if (value.length < (s.minItems ?? 0)) wrong('is empty');
        value.forEach((v, i) => check(v, s.items, `${path}[${i}]`));
    }
}

try {
    const report = JSON.parse(readFileSync(0, 'utf8'));
    check(report, schema, '');
    for (const list of Object.values(report.exposure))
        if (new Set(list.map(x => x.id)).size !== list.length) throw new Error('an id stands twice');
    console.log(JSON.stringify(report));
} catch (e) {
    console.log(e.message);
    process.exit(1);
}
