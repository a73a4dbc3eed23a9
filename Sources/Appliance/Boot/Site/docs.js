// The API documentation: one page with two views of the OpenAPI document of this server. "docs" can send
// requests, "redoc" is for reading. Nothing of the document ever becomes markup: every node is made by `el`,
// and every text in it is a text node. The page asks no host but its own, and keeps nothing in storage.

const interactive = document.querySelector('meta[name="view"]').content !== 'redoc';
const documentPath = '/api/schema/?format=json';
const loginPath = '/api/v1/auth/login/';
const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace'];
const mostShown = 200_000; // characters of an answer that are put on the page; its download has the rest
const mostKept = 64 * 1024 * 1024; // bytes of an answer that are read at all

let api = {};
let token = '';

// ---- Nodes and text

const byId = (id) => document.getElementById(id);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value) => (Array.isArray(value) ? value : []);
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** An element: `el('p.note', { id: 'x', onclick }, 'text', node)`. Attributes that are null or false stay away. */
function el(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split('.');
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(2).filter((child) => child !== undefined && child !== null && child !== false && child !== ''));
  return node;
}

const note = (...words) => el('p.fact', {}, ...words);
const hashOf = (id) => `#${encodeURIComponent(id)}`;
const plainButton = (words, onclick, kind = 'button') => el(kind, { type: 'button', onclick }, words);

/** A link when its target is a page, a mail address or a place on this server; else plain text. */
function link(target, text) {
  return /^(https?:\/\/|mailto:|\/(?!\/)|#)/i.test(target) ? el('a', { href: target, rel: 'noreferrer' }, text) : text;
}

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(/`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g)) {
    const [all, code, strong, label, target] = found;
    nodes.push(text.slice(from, found.index), code ? el('code', {}, code) : strong ? el('strong', {}, strong) : link(target, label));
    from = found.index + all.length;
  }
  return [...nodes, text.slice(from)];
}

/** The little of Markdown that descriptions use: paragraphs, lists, headings, code and links. */
function prose(text) {
  const box = el('div.prose');
  String(text ?? '').split(/^```.*$/m).forEach((section, index) => {
    if (index % 2) return box.append(el('pre', { tabindex: 0 }, section.trim()));
    for (const block of section.split(/\n\s*\n/)) {
      let items;
      for (const part of block.split(/\n(?=\s*[-*] )/).map((part) => part.trim()).filter(Boolean)) {
        if (/^[-*] /.test(part)) {
          if (!items) box.append(items = el('ul'));
          items.append(el('li', {}, inline(part.slice(2))));
        } else {
          const heading = /^#+ +(.*)$/.exec(part);
          box.append(el('p', {}, heading ? el('strong', {}, inline(heading[1])) : inline(part)));
        }
      }
    }
  });
  return box.childNodes.length ? box : undefined;
}

/** Keys, texts and words of JSON, each in a span of its own. */
function coloured(text) {
  if (text.length > 30_000 || !/^\s*[[{]/.test(text)) return [text];
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(/("[^"\\\n]*(?:\\.[^"\\\n]*)*")(\s*:)?|\b(?:true|false|null)\b|-?\b\d[\d.eE+-]*/g)) {
    const [all, string, colon] = found;
    nodes.push(text.slice(from, found.index), el(colon ? 'span.key' : string ? 'span.text' : 'span.word', {}, string ?? all), colon);
    from = found.index + all.length;
  }
  return [...nodes, text.slice(from)];
}

/** The same JSON with line breaks. The text is not read into numbers, so a 64-bit id keeps its digits. */
function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let out = '', depth = 0, last = '';
  const line = () => '\n' + '  '.repeat(depth);
  for (const [piece] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const first = last === '{' || last === '[';
    if (piece === '}' || piece === ']') {
      depth -= 1;
      out += first ? piece : line() + piece;
    } else {
      if (first || last === ',') out += line();
      out += piece === ':' ? ': ' : piece;
      if (piece === '{' || piece === '[') depth += 1;
    }
    last = piece;
  }
  return out;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // A page over plain HTTP has no clipboard object; the old way works there.
    const area = el('textarea.away', {}, text);
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

function codeBlock(label, text) {
  const code = el('code', {}, coloured(text));
  const button = el('button.small', {
    type: 'button', 'aria-label': `Copy: ${label}`,
    onclick: async () => {
      button.textContent = await copy(code.textContent) ? 'Copied' : 'Not copied';
      button.focus();
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    },
  }, 'Copy');
  return el('figure.code', {}, el('figcaption', {}, el('span', {}, label), button),
    el('pre', { tabindex: 0, role: 'group', 'aria-label': label }, code));
}

/** One of several things at a time, with a button for each: `options` are [name, function that builds it]. */
function chooser(label, options) {
  if (options.length < 2) return options[0]?.[1]();
  const shown = el('div');
  const buttons = options.map(([name, build]) => plainButton(name, (event) => {
    buttons.forEach((button) => button.setAttribute('aria-pressed', String(button === event.currentTarget)));
    shown.replaceChildren(build() ?? '');
  }, 'button.small'));
  buttons[0].click();
  return el('div.chooser', {}, el('div.choices', { role: 'group', 'aria-label': label }, el('span', {}, label), buttons), shown);
}

// ---- References and schemas

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

function lookup(reference) {
  if (!reference.startsWith('#/')) return undefined;
  const steps = reference.slice(2).split('/').map((step) => decoded(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce((node, step) => node?.[step], api);
}

/** A parameter, answer, body or header itself, where the document may hold a reference to it. */
function followed(thing) {
  for (let hops = 0; hops < 20 && typeof thing?.$ref === 'string'; hops += 1) thing = lookup(thing.$ref);
  return isObject(thing) ? thing : {};
}

function merged(one, other) {
  const both = { ...one, ...other };
  if (one.properties || other.properties) both.properties = { ...one.properties, ...other.properties };
  if (one.required || other.required) both.required = [...new Set([...list(one.required), ...list(other.required)])];
  return both;
}

const variantsOf = (schema) => list(schema.oneOf ?? schema.anyOf);
const structured = (schema) => Boolean(schema.properties || schema.items || schema.additionalProperties || variantsOf(schema).length);

/**
 * A schema with its references followed and its `allOf` merged. `trail` holds the references that lead here:
 * one that comes `again` is named and not followed, so a schema that holds itself comes to an end.
 */
function settle(raw, trail = []) {
  let schema = isObject(raw) ? raw : {};
  let name = '', again = false;
  while (typeof schema.$ref === 'string') {
    const { $ref, ...beside } = schema;
    name ||= $ref.slice($ref.lastIndexOf('/') + 1);
    const target = lookup($ref);
    if (trail.includes($ref)) return { schema: { type: target?.type, ...beside }, name, trail, again: true };
    trail = [...trail, $ref];
    schema = { ...(isObject(target) ? target : { description: `The reference \`${$ref}\` leads nowhere.` }), ...beside };
  }
  if (schema.allOf) {
    const { allOf, ...rest } = schema;
    const parts = list(allOf).map((part) => settle(part, trail));
    if (parts.length === 1) {
      name ||= parts[0].name;
      again = parts[0].again;
    }
    trail = [...new Set([...trail, ...parts.flatMap((part) => part.trail)])];
    schema = merged(parts.reduce((sum, part) => merged(sum, part.schema), {}), rest);
  }
  const variants = variantsOf(schema).map((variant) => settle(variant, trail).schema);
  if (variants.length && !variants.some((variant) => structured(variant) || kindsOf(variant).includes('object'))) {
    // A choice between plain values reads better as one value that may be any of them.
    const { oneOf, anyOf, ...rest } = schema;
    const choices = variants.every((variant) => variant.enum) ? { enum: [...new Set(variants.flatMap((variant) => variant.enum))] } : {};
    schema = {
      ...(variants.length === 1 ? variants[0] : {}), ...choices, type: [...new Set(variants.flatMap(kindsOf))],
      nullable: variants.some(isNullable), ...rest,
    };
  }
  return { schema, name, trail, again };
}

function kindsOf(schema) {
  if (schema.type) return [schema.type].flat().filter((type) => type !== 'null');
  if (schema.properties || schema.additionalProperties) return ['object'];
  if (schema.items) return ['array'];
  return [...new Set(list(schema.enum).filter((value) => value !== null).map((value) => typeof value))];
}

const isNullable = (schema) => Boolean(schema.nullable) || [schema.type].flat().includes('null') || list(schema.enum).includes(null);

/** What a value is, in words: "string (uuid) or null", "array of Job". */
function typeOf({ schema, name, trail }) {
  const variants = variantsOf(schema);
  let words;
  if (variants.length) words = variants.map((variant) => typeOf(settle(variant, trail))).join(' or ');
  else if (kindsOf(schema).includes('array')) words = `array of ${schema.items ? typeOf(settle(schema.items, trail)) : 'any value'}`;
  else if (name && kindsOf(schema).includes('object')) words = name;
  else words = (kindsOf(schema).join(' or ') || 'any value') + (schema.format ? ` (${schema.format})` : '');
  return isNullable(schema) ? `${words} or null` : words;
}

function limitsOf(schema) {
  const range = (least, most, unit) => {
    if (least === undefined && most === undefined) return undefined;
    const words = least === undefined ? `at most ${most}` : most === undefined ? `at least ${least}` : `${least} to ${most}`;
    return words + unit;
  };
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  return [
    range(schema.minLength, schema.maxLength, ' characters'), range(schema.minItems, schema.maxItems, ' items'),
    range(schema.minProperties, schema.maxProperties, ' properties'),
    range(above ? undefined : minimum, below ? undefined : maximum, ''), above && `more than ${minimum}`, below && `less than ${maximum}`,
    schema.multipleOf !== undefined && `a multiple of ${schema.multipleOf}`, schema.uniqueItems && 'no item twice',
    schema.pattern !== undefined && `matches ${schema.pattern}`,
  ].filter(Boolean);
}

// ---- Tables of fields

function fact(label, values) {
  return note(`${label}: `, values.map((value, index) => [
    index > 0 && ' ', el('code', {}, typeof value === 'string' && value ? value : JSON.stringify(value)),
  ]));
}

/** Whether a table is worth showing for what is inside; the inside of an array is that of its items. */
function opens({ schema, trail, again }) {
  if (again) return false;
  if (schema.items) return opens(settle(schema.items, trail));
  return Boolean(schema.properties || variantsOf(schema).length || Object.keys(schema.additionalProperties ?? {}).length);
}

/** What a value may be beside its type. */
function rulesOf(schema, inner = {}) {
  const choices = list(schema.enum ?? inner.enum).filter((choice) => choice !== null);
  return [
    ...limitsOf(schema).map((limit) => note(capital(limit))),
    ...limitsOf(inner).map((limit) => note(`Each ${limit}`)),
    choices.length > 0 && fact('One of', choices), schema.default !== undefined && fact('Default', [schema.default]),
    schema.example !== undefined && fact('Example', [schema.example]),
  ];
}

/** A row for a parameter or property, and under it, once asked for, the fields inside. */
function fieldRows({ name, origin, required, schema: raw, description, deprecated, example, trail, request }) {
  const settled = settle(raw, trail);
  const schema = example === undefined ? settled.schema : { ...settled.schema, example };
  const unused = request && schema.readOnly;
  const inside = el('tr.inside', { hidden: true });
  const button = opens(settled) && el('button.small', {
    type: 'button', 'aria-expanded': 'false', 'aria-label': `Fields of ${name}`, onclick: () => {
      if (!inside.firstChild) inside.append(el('td', { colspan: 2 }, schemaView(raw, { trail, request, inside: true })));
      inside.hidden = !inside.hidden;
      button.setAttribute('aria-expanded', String(!inside.hidden));
    },
  }, 'Fields');
  const tags = [
    origin, required && !unused && 'required', schema.readOnly && 'read only', schema.writeOnly && 'write only', deprecated && 'deprecated',
  ];
  return [el('tr', { class: unused && 'quiet' },
    el('th', { scope: 'row' }, el('code', { class: deprecated && 'gone' }, name),
      tags.filter(Boolean).map((tag) => el('span', { class: tag === 'required' ? 'tag must' : 'tag' }, tag))),
    el('td', {}, note(el('span.type', {}, typeOf(settled), settled.again && ' (as above)'), ' ', button),
      prose(description ?? schema.description), rulesOf(schema, schema.items && settle(schema.items, settled.trail).schema))),
  button && inside];
}

function fieldTable(caption, fields) {
  return el('table.fields', {}, el('caption.away', {}, caption),
    el('thead.away', {}, el('tr', {}, el('th', { scope: 'col' }, 'Name'), el('th', { scope: 'col' }, 'Type and rules'))),
    el('tbody', {}, fields.flatMap(fieldRows)));
}

/** A whole schema: what it is, then its fields, or a choice of its variants. */
function schemaView(raw, { trail = [], request = false, inside = false } = {}) {
  const settled = settle(raw, trail);
  const { schema } = settled;
  const variants = variantsOf(schema);
  const head = inside ? [] : [note(el('span.type', {}, typeOf(settled))), prose(schema.description)];
  if (settled.again) return note(`${settled.name} again, as above`);
  if (variants.length) {
    return el('div', {}, head, chooser(schema.oneOf ? 'One of' : 'Any of', variants.map((variant, index) => {
      const { name, schema: own } = settle(variant, settled.trail);
      const whole = schema.properties ? { allOf: [variant, { properties: schema.properties, required: schema.required }] } : variant;
      return [own.title ?? (name || `Form ${index + 1}`), () => schemaView(whole, { trail: settled.trail, request })];
    })));
  }
  if (schema.items) return el('div', {}, head, schemaView(schema.items, { trail: settled.trail, request, inside: true }));
  const fields = Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([name, property]) => ({
    name, schema: property, required: list(schema.required).includes(name), deprecated: property.deprecated, trail: settled.trail, request,
  }));
  if (schema.additionalProperties) {
    fields.push({ name: 'any other name', schema: schema.additionalProperties, trail: settled.trail, request });
  }
  return el('div', {}, head, fields.length ? fieldTable(`Fields of ${settled.name || 'this object'}`, fields) : rulesOf(schema));
}

// ---- Examples

const sampleTexts = {
  uuid: '0193a1f0-7c3e-7b52-9d1a-4f6c2e8b0a17', 'date-time': '2026-11-23T09:20:12.770374Z', date: '2026-11-23', time: '09:20:12',
  email: 'kim@example.com', uri: 'https://example.com/', url: 'https://example.com/', byte: 'QQ==', binary: '(file)', ipv4: '192.0.2.1',
};

/** A value as the schema describes it; undefined where there is none to show (it would hold itself without end). */
function sample(raw, request, trail = [], budget = { left: 1000 }) {
  const { schema, trail: seen, again } = settle(raw, trail);
  budget.left -= 1;
  if (again || budget.left < 0) return undefined;
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  const choice = list(schema.enum).find((value) => value !== null && value !== '');
  if (choice !== undefined) return choice;
  if (schema.enum) return schema.enum[0];
  const variants = variantsOf(schema);
  const kind = kindsOf(schema)[0];
  if (kind === 'object' || (variants.length && schema.properties)) {
    const value = {};
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const { readOnly, writeOnly } = settle(property, seen).schema;
      const inner = (request ? readOnly : writeOnly) ? undefined : sample(property, request, seen, budget);
      if (inner !== undefined) value[name] = inner;
    }
    const other = isObject(schema.additionalProperties) ? sample(schema.additionalProperties, request, seen, budget) : undefined;
    if (other !== undefined) value.name = other;
    const variant = variants.length ? sample(variants[0], request, seen, budget) : {};
    return isObject(variant) ? { ...value, ...variant } : value;
  }
  if (variants.length) return sample(variants[0], request, seen, budget);
  if (kind === 'array') {
    const item = schema.items ? sample(schema.items, request, seen, budget) : undefined;
    return item === undefined ? [] : [item];
  }
  if (kind === 'boolean') return true;
  if (kind === 'integer' || kind === 'number') {
    return Math.min(Math.max(kind === 'integer' ? 1 : 0.5, schema.minimum ?? -Infinity), schema.maximum ?? Infinity);
  }
  if (kind !== 'string') return isNullable(schema) ? null : {};
  const text = sampleTexts[schema.format] ?? 'text';
  return text.padEnd(Math.min(schema.minLength ?? 0, 200), 'text').slice(0, schema.maxLength ?? 200);
}

const isJSON = (type) => /[/+]json\b/i.test(type);
const isForm = (type) => /^(multipart\/form-data|application\/x-www-form-urlencoded)/i.test(type);
const written = (value, type) => (typeof value === 'string' && !isJSON(type) ? value : JSON.stringify(value, null, 2) ?? '');

/** The examples of a media type, [name, text]: its own, else one made from its schema. */
function examplesOf(type, media, request) {
  if (media.example !== undefined) return [['Example', written(media.example, type)]];
  const own = Object.entries(media.examples ?? {}).map(([name, example]) => [followed(example).summary ?? name, followed(example).value]);
  if (own.length) return own.map(([name, value]) => [name, written(value, type)]);
  const made = media.schema === undefined ? undefined : sample(media.schema, request);
  return made === undefined ? [] : [['Example', written(made, type)]];
}

// ---- Operations

function collectOperations() {
  const ids = new Set();
  return Object.entries(api.paths ?? {}).flatMap(([path, rawItem]) => {
    const item = followed(rawItem);
    return methods.filter((method) => isObject(item[method])).map((method) => {
      const operation = item[method];
      let id = String(operation.operationId ?? `${method}:${path}`);
      while (ids.has(id)) id += '-';
      ids.add(id);
      const parameters = new Map([...list(item.parameters), ...list(operation.parameters)].map(followed)
        .map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]));
      const body = operation.requestBody && followed(operation.requestBody);
      return {
        ...operation, id, path, method, body, parameters: [...parameters.values()],
        tag: String(list(operation.tags)[0] ?? 'Other'), summary: operation.summary ?? '',
        responses: Object.entries(operation.responses ?? {}).map(([status, answer]) => [status, followed(answer)]),
        access: accessOf(operation.security ?? api.security),
      };
    });
  });
}

/** What a caller has to show: `kind` is public, optional or needed. */
function accessOf(needs) {
  const named = list(needs).filter((need) => Object.keys(need).length);
  if (!named.length) return { kind: 'public', words: 'Public' };
  const words = [...new Set(named.map((need) => Object.keys(need).map((name) => {
    const scheme = followed(api.components?.securitySchemes?.[name]);
    return scheme.type === 'http' && String(scheme.scheme).toLowerCase() === 'bearer' ? 'token' : `${scheme.name ?? name}`;
  }).join(' and ')))].join(' or ');
  const kind = named.length < needs.length ? 'optional' : 'needed';
  return { kind, words: `${capital(words)} ${kind}`, token: /\btoken\b/.test(words) };
}

const badge = (method) => el(`span.method.${method}`, {}, method);
const schemaOf = (parameter) => parameter.schema ?? Object.values(parameter.content ?? {})[0]?.schema;

/** A path that may break after its slashes, for narrow screens. */
const pathNode = (path) => el('code.path', {}, path.split(/(?<=\/)(?=.)/).flatMap((part) => [part, el('wbr')]));

function parameterSection(operation) {
  if (!operation.parameters.length) return undefined;
  return el('section', {}, el('h4', {}, 'Parameters'), fieldTable('Parameters', operation.parameters.map((parameter) => ({
    ...parameter, origin: `in ${parameter.in}`, schema: schemaOf(parameter),
  }))));
}

function contentView(content, request) {
  const types = Object.entries(content ?? {});
  if (!types.length) return undefined;
  const view = ([type, media]) => el('div', {}, types.length < 2 && note(el('code', {}, type)),
    media.schema !== undefined && schemaView(media.schema, { request }));
  return chooser('Content type', types.map((entry) => [entry[0], () => view(entry)]));
}

function bodySection({ body }) {
  return body && el('section', {}, el('h4', {}, 'Request body', body.required && el('span.tag.must', {}, 'required')),
    prose(body.description), contentView(body.content, true));
}

/** One `details` for each status; it is filled when it opens. The first success is open from the start. */
function responseSection({ responses }) {
  if (!responses.length) return undefined;
  const open = responses.find(([status]) => status.startsWith('2'))?.[0];
  return el('section', {}, el('h4', {}, 'Responses'), responses.map(([status, answer]) => {
    const headers = Object.entries(answer.headers ?? {}).map(([name, raw]) =>
      ({ ...followed(raw), name, origin: 'header', schema: schemaOf(followed(raw)) }));
    return lazyDetails({ class: 'response', open: status === open },
      [el('span.status', { 'data-class': status.charAt(0) }, status), ' ', inline(String(answer.description ?? ''))], () => [
        headers.length > 0 && fieldTable(`Headers of ${status}`, headers),
        contentView(answer.content, false) ?? note('No body.'),
      ]);
  }));
}

const fillers = new WeakMap();

function lazyDetails(attributes, summary, build) {
  const box = el('details', attributes, el('summary', {}, summary));
  const fill = () => {
    if (box.open && fillers.delete(box)) box.append(el('div.filled', {}, build()));
  };
  fillers.set(box, fill);
  box.addEventListener('toggle', fill);
  fill();
  return box;
}

function responseExamples({ responses }) {
  const options = responses.flatMap(([status, answer]) => Object.entries(answer.content ?? {}).flatMap(([type, media]) =>
    examplesOf(type, media, false).map(([name, text]) =>
      [name === 'Example' ? status : `${status} ${name}`, () => codeBlock(`Response ${status}, ${type}`, text)])));
  return options.length > 0 && el('section', {}, chooser('Response example', options));
}

// ---- Requests

/** Where the API lies on this server. A foreign host in the document is left out: this page asks its own only. */
const basePath = () => {
  try {
    return new URL(list(api.servers)[0]?.url ?? '/', location.origin).pathname.replace(/\/$/, '');
  } catch {
    return '';
  }
};

/** What would be sent for the values of a form: `values` by parameter, `type` of the body, its `text` or `fields`. */
function compose(operation, { values, type, text, fields }) {
  const wrong = [];
  let path = operation.path;
  const query = [], headers = [];
  for (const parameter of operation.parameters) {
    const value = values.get(parameter) ?? '';
    const isList = kindsOf(settle(schemaOf(parameter)).schema).includes('array');
    if (parameter.in === 'path') {
      if (['', '.', '..'].includes(value)) wrong.push(parameter);
      path = path.replaceAll(`{${parameter.name}}`, () => encodeURIComponent(value));
    } else if (value !== '' && parameter.in === 'query') {
      const parts = isList && parameter.explode !== false ? value.split(',').map((part) => part.trim()) : [value];
      query.push(...parts.map((part) => `${encodeURIComponent(parameter.name)}=${encodeURIComponent(part)}`));
    } else if (value !== '' && parameter.in === 'header') {
      headers.push([parameter.name, value]);
    }
  }
  const url = location.origin + basePath() + path + (query.length ? `?${query.join('&')}` : '');
  const hasBody = type && !['get', 'head'].includes(operation.method) && (fields ? fields.length > 0 : text !== '');
  return { method: operation.method.toUpperCase(), url, headers, wrong, ...(hasBody ? { type, text, fields } : {}) };
}

/** The values that documentation shows before anybody typed one. */
function exampleInput(operation) {
  const values = new Map(operation.parameters.filter((parameter) => parameter.required)
    .map((parameter) => [parameter, String(parameter.example ?? sample(schemaOf(parameter) ?? {}, true) ?? '')]));
  const [type, media] = Object.entries(operation.body?.content ?? {})[0] ?? [];
  if (!type) return { values };
  if (!isForm(type)) return { values, type, text: examplesOf(type, media, true)[0]?.[1] ?? '' };
  const form = sample(media.schema, true);
  return {
    values, type,
    fields: Object.entries(isObject(form) ? form : {}).map(([name, value]) => isFile(media, name)
      ? { name, file: { name: 'file' } } : { name, value: typeof value === 'string' ? value : JSON.stringify(value) }),
  };
}

const propertyOf = (media, name) => settle(settle(media.schema).schema.properties?.[name]).schema;
const isFile = (media, name) => {
  const property = propertyOf(media, name);
  return (property.items ? settle(property.items).schema : property).format === 'binary';
};

/** The request as a shell command. The token is never in it; the shell is to have it in $TOKEN. */
function curlCommand(operation, { method, url, headers, type, text, fields }) {
  const quoted = (word) => `'${word.replaceAll("'", `'\\''`)}'`;
  const words = [`curl${method === 'GET' ? '' : method === 'HEAD' ? ' --head' : ` -X ${method}`} ${quoted(url)}`];
  if (operation.access.token && operation.access.kind === 'needed') words.push('-H "Authorization: Bearer $TOKEN"');
  words.push(...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`));
  if (fields) {
    // A plain -F or --data would read a file where a value starts with @.
    const flag = /^multipart/i.test(type) ? '--form-string' : '--data-urlencode';
    words.push(...fields.map(({ name, value, file }) =>
      `${file ? '-F' : flag} ${quoted(`${name}=${file ? `@${file.name}` : value}`)}`));
  } else if (type) {
    words.push(`-H ${quoted(`Content-Type: ${type}`)}`, `--data-raw ${quoted(text)}`);
  }
  return words.join(' \\\n  ');
}

function requestExamples(operation) {
  const types = Object.entries(operation.body?.content ?? {}).filter(([type]) => !isForm(type));
  const bodies = types.flatMap(([type, media]) => examplesOf(type, media, true).map(([name, text]) =>
    [types.length > 1 ? `${type} ${name}` : name, () => codeBlock(`Request body, ${type}`, text)]));
  return el('section', {}, codeBlock('curl', curlCommand(operation, compose(operation, exampleInput(operation)))),
    bodies.length > 0 && chooser('Request example', bodies));
}

// ---- Try it

function control(name, raw, { required, example, file }) {
  const { schema } = settle(raw);
  const kinds = kindsOf(schema);
  if (file) return el('input', { type: 'file', name, multiple: kinds.includes('array') });
  const choices = kinds[0] === 'boolean' ? [true, false] : list(schema.enum).filter((choice) => choice !== null);
  const shown = example ?? schema.example;
  if (choices.length) {
    const none = required ? '(choose)' : schema.default === undefined ? '(not sent)' : `(not sent: ${schema.default})`;
    return el('select', { name }, el('option', { value: '' }, none),
      choices.filter((choice) => choice !== '').map((choice) => el('option', { selected: required && choice === shown }, String(choice))));
  }
  const hint = kinds.includes('array') ? 'a, b' : schema.format ?? '';
  return el('input', {
    name, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', inputmode: kinds[0] === 'integer' && 'numeric',
    type: schema.format === 'password' && 'password', value: required ? shown : undefined,
    placeholder: schema.default ?? (required ? hint : shown ?? hint),
  });
}

const labelled = (name, note, node) => el('label.field', {}, el('span', {}, el('code', {}, name), note && ` ${note}`), node);

/** The part of the form for one type of body, and a function that reads it. */
function bodyEditor(type, media, changed) {
  if (isForm(type)) {
    const { schema } = settle(media.schema);
    const names = Object.keys(schema.properties ?? {}).filter((name) => !propertyOf(media, name).readOnly);
    const controls = names.map((name) => [name, control(name, schema.properties[name], {
      file: /^multipart/i.test(type) && isFile(media, name), required: list(schema.required).includes(name),
    })]);
    return {
      node: el('div', {}, controls.map(([name, input]) => labelled(name, list(schema.required).includes(name) ? '(required)' : '', input))),
      read: () => ({
        type, fields: controls.flatMap(([name, input]) => input.files
          ? [...input.files].map((file) => ({ name, file })) : input.value === '' ? [] : [{ name, value: input.value }]),
      }),
    };
  }
  const original = examplesOf(type, media, true)[0]?.[1] ?? '';
  const problem = el('p.problem', { role: 'status' });
  const area = el('textarea', { rows: Math.min(Math.max(original.split('\n').length, 3), 18), spellcheck: 'false', autocapitalize: 'off' });
  area.value = original;
  area.addEventListener('input', () => {
    problem.textContent = '';
    if (!isJSON(type) || area.value === '') return;
    try {
      JSON.parse(area.value);
    } catch (error) {
      problem.textContent = `Not valid JSON: ${error.message}`;
    }
  });
  const reset = plainButton('Reset the body', () => {
    area.value = original;
    problem.textContent = '';
    changed();
  }, 'button.small');
  return { node: el('div', {}, labelled('body', type, area), problem, reset), read: () => ({ type, text: area.value }) };
}

function tryForm(operation) {
  const controls = new Map(operation.parameters.filter((parameter) => parameter.in !== 'cookie').map((parameter) =>
    [parameter, control(parameter.name, schemaOf(parameter), parameter)]));
  const types = Object.entries(operation.body?.content ?? {});
  const editors = types.map(([type, media]) => bodyEditor(type, media, () => changed()));
  const typeChoice = types.length > 1 ? el('select', {}, types.map(([type]) => el('option', {}, type))) : undefined;
  const editorPlace = el('div', {}, editors[0]?.node);
  const editor = () => editors[typeChoice?.selectedIndex ?? 0];
  const input = () => ({ values: new Map([...controls].map(([parameter, node]) => [parameter, node.value])), ...editor()?.read() });
  const curl = codeBlock('curl', '');
  const changed = () => {
    curl.querySelector('code').textContent = curlCommand(operation, compose(operation, input()));
  };
  const answer = answerView();
  const send = plainButton('Send', () => submit(), 'button.primary');
  const cancel = el('button', { type: 'button', hidden: true, onclick: () => running?.abort() }, 'Cancel');
  let running;

  const submit = async () => {
    const request = compose(operation, input());
    controls.forEach((node, parameter) => node.setAttribute('aria-invalid', String(request.wrong.includes(parameter))));
    if (request.wrong.length) {
      controls.get(request.wrong[0]).focus();
      return answer.say(`Not sent: ${request.wrong.map((parameter) => parameter.name).join(', ')} cannot be left out of the path.`, 'bad');
    }
    running = new AbortController();
    send.disabled = true;
    cancel.hidden = false;
    await answer.follow(request, operation.access.token ? token : '', running.signal);
    running = undefined;
    send.disabled = false;
    cancel.hidden = true;
  };

  const label = `Try ${operation.method} ${operation.path}`;
  // Enter in a field does not send: only the button does.
  const keep = (event) => event.preventDefault();
  const form = el('form.try', { novalidate: true, 'aria-label': label, onsubmit: keep, oninput: changed }, el('h4', {}, 'Try it'),
    [...controls].map(([parameter, node]) => labelled(parameter.name, `in ${parameter.in}${parameter.required ? ', required' : ''}`, node)),
    typeChoice && labelled('Content type', '', typeChoice), editorPlace,
    operation.access.kind === 'needed' && operation.access.token && el('p.fact.tokenless', {}, 'This operation needs a token. ',
      plainButton('Authorize', openDialog, 'button.small')),
    el('p.actions', {}, send, cancel), answer.node, curl);
  typeChoice?.addEventListener('change', () => {
    editorPlace.replaceChildren(editor().node);
    changed();
  });
  changed();
  return form;
}

function bodyOf({ type, text, fields }) {
  if (!type) return {};
  if (!fields) return { body: text, headers: [['Content-Type', type]] };
  const form = /^multipart/i.test(type) ? new FormData() : new URLSearchParams();
  fields.forEach(({ name, value, file }) => form.append(name, file ?? value));
  return { body: form }; // The browser writes the content type itself: it knows the boundary.
}

function sizeWords(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

/** Where the answer appears: its status line, headers, body and a download of the body as it came. */
function answerView() {
  const status = el('p.outcome', { role: 'status' });
  const rest = el('div');
  let downloadURL;
  const say = (words, kind = '') => {
    status.textContent = words;
    status.dataset.class = kind;
    rest.replaceChildren();
  };

  async function follow(request, bearer, signal) {
    say('Sending…');
    const { body, headers = [] } = bodyOf(request);
    const began = performance.now();
    const took = () => `${Math.round(performance.now() - began)} ms`;
    try {
      const response = await fetch(request.url, {
        method: request.method, body, signal, credentials: 'omit', cache: 'no-store',
        headers: [...request.headers, ...headers, ...(bearer ? [['Authorization', `Bearer ${bearer}`]] : [])],
      });
      const line = `${response.status} ${response.statusText}`.trim();
      say(`${line}, reading…`, String(response.status).charAt(0));
      const type = response.headers.get('Content-Type') ?? '';
      const live = /event-stream/i.test(type) ? el('pre', { tabindex: 0 }) : undefined;
      if (live) rest.append(live);
      const { blob, cut } = await readAll(response, live);
      status.textContent = `${line}, ${took()}, ${sizeWords(blob.size)}${cut ? ' (longer; the reading stopped there)' : ''}`;
      rest.replaceChildren(headerTable(response.headers), ...await bodyView(blob, type, response, request.url));
    } catch (error) {
      if (signal.aborted) say(`Cancelled after ${took()}.`);
      else say(`No answer after ${took()}: ${error.message}. The server cannot be reached, or the browser refused to send this.`, 'bad');
    }
  }

  async function bodyView(blob, type, response, url) {
    if (!blob.size) return [note('No body.')];
    if (downloadURL) URL.revokeObjectURL(downloadURL);
    downloadURL = URL.createObjectURL(blob);
    const given = /filename="?([^";]+)/i.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
    const name = given ?? `${new URL(url).pathname.split('/').filter(Boolean).pop() ?? 'answer'}${isJSON(type) ? '.json' : ''}`;
    const download = el('a.button', { href: downloadURL, download: name }, 'Download the body');
    const text = await textOf(blob, type);
    if (text === undefined) return [note(`Not text: ${sizeWords(blob.size)} of ${type || 'an unnamed type'}.`), el('p', {}, download)];
    const pretty = isJSON(type) ? indented(text) : text;
    return [
      codeBlock(type || 'Body', pretty.slice(0, mostShown)),
      pretty.length > mostShown && note(`These are the first ${mostShown} characters.`),
      el('p', {}, download, ' ', tokenOffer(text)),
    ].filter(Boolean);
  }

  return { node: el('div.answer', {}, status, rest), say, follow };
}

async function readAll(response, live) {
  const parts = [];
  let size = 0;
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
    if (live && size < mostShown) live.append(decoder.decode(value, { stream: true }));
    if (size > mostKept) {
      await reader.cancel();
      break;
    }
  }
  return { blob: new Blob(parts, { type: 'application/octet-stream' }), cut: size > mostKept };
}

async function textOf(blob, type) {
  if (type && !/json|^text\/|xml|yaml|javascript|urlencoded/i.test(type)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await blob.arrayBuffer());
  } catch {
    return undefined;
  }
}

function headerTable(headers) {
  const all = [...headers];
  const rows = all.map(([name, value]) => el('tr', {}, el('th', { scope: 'row' }, el('code', {}, name)), el('td', {}, value)));
  return el('details', {}, el('summary', {}, `${all.length} headers`),
    el('table.fields', {}, el('caption.away', {}, 'Headers of the answer'), el('tbody', {}, rows)));
}

/** An answer that holds an access token can be put to use at once. */
function tokenOffer(text) {
  try {
    const { access } = JSON.parse(text);
    if (typeof access === 'string' && access.split('.').length === 3) {
      return plainButton('Authorize with this token', () => setToken(access));
    }
  } catch { /* Not JSON: nothing to offer. */ }
  return undefined;
}

// ---- Authorize

/** When a JWT ends, if it says so. The token is only looked at, not checked: that is for the server. */
function expiry(jwt) {
  try {
    const { exp } = JSON.parse(atob(jwt.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
    return typeof exp === 'number' ? new Date(exp * 1000) : undefined;
  } catch {
    return undefined;
  }
}

function setToken(value) {
  token = value;
  const end = token && expiry(token);
  document.body.toggleAttribute('data-token', Boolean(token));
  byId('ui-authorize').textContent = token ? 'Authorized' : 'Authorize';
  byId('ui-forget').hidden = !token;
  byId('ui-token').value = '';
  byId('ui-password').value = '';
  byId('ui-token-state').textContent = !token ? 'There is no token.'
    : `A token is set${end ? `; it ${end < new Date() ? 'ended' : 'ends'} ${end.toLocaleString()}` : ''}.`;
}

function openDialog() {
  setToken(token);
  byId('ui-dialog').showModal();
}

function prepareDialog() {
  addEventListener('pagehide', () => setToken('')); // The browser may keep the page for its back button, but not the token.
  byId('ui-authorize').hidden = false;
  byId('ui-authorize').addEventListener('click', openDialog);
  byId('ui-close').addEventListener('click', () => byId('ui-dialog').close());
  byId('ui-forget').addEventListener('click', () => setToken(''));
  byId('ui-token-form').addEventListener('submit', (event) => {
    event.preventDefault();
    setToken(byId('ui-token').value.trim().replace(/^Bearer\s+/i, ''));
    byId('ui-dialog').close();
  });
  byId('ui-login-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const state = byId('ui-token-state');
    state.textContent = 'Logging in…';
    try {
      const response = await fetch(loginPath, {
        method: 'POST', credentials: 'omit', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ email: byId('ui-email').value, password: byId('ui-password').value }),
      });
      const answer = await response.json().catch(() => ({}));
      if (response.ok && typeof answer.access === 'string') {
        setToken(answer.access);
        byId('ui-dialog').close();
      } else {
        const reason = typeof answer.detail === 'string' ? answer.detail : `the server answered ${response.status}`;
        state.textContent = `No token: ${reason}.`;
      }
    } catch (error) {
      state.textContent = `No token: the server cannot be reached (${error.message}).`;
    }
  });
}

// ---- The page

const openers = new WeakMap(); // article of the docs view: function that opens or closes it

function documentation(operation, trying) {
  const more = operation.externalDocs;
  return [
    el('div.said', {}, prose(operation.description), more?.url && el('p', {}, link(more.url, more.description ?? 'More about this')),
      parameterSection(operation), bodySection(operation), responseSection(operation)),
    el('div.shown', {}, trying ? tryForm(operation) : requestExamples(operation), responseExamples(operation)),
  ];
}

const marks = (operation) => [
  el('span', { class: `tag access-${operation.access.kind}` }, operation.access.words),
  operation.deprecated && el('span.tag', {}, 'Deprecated'),
];

function article(operation) {
  const attributes = { id: operation.id, 'data-operation': operation.id, class: operation.deprecated && 'gone-operation' };
  const title = operation.summary || operation.path;
  if (!interactive) {
    const anchor = el('a.anchor', { href: hashOf(operation.id), 'aria-label': `Link to ${title}` }, '#');
    return el('article', attributes, el('h3', { tabindex: -1 }, title, ' ', anchor),
      el('p.route', {}, badge(operation.method), pathNode(operation.path), marks(operation)),
      el('div.columns', {}, documentation(operation, false)));
  }
  const columns = el('div.columns', { hidden: true, id: `${operation.id}/body` });
  const button = el('button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': columns.id },
    badge(operation.method), pathNode(operation.path), el('span.summary', {}, operation.summary), marks(operation));
  const node = el('article', attributes, el('h3', {}, button), columns);
  const open = (opened) => {
    if (opened && !columns.firstChild) columns.append(...documentation(operation, true));
    columns.hidden = !opened;
    button.setAttribute('aria-expanded', String(opened));
  };
  openers.set(node, open);
  button.addEventListener('click', () => {
    open(columns.hidden);
    if (!columns.hidden) history.replaceState(null, '', hashOf(operation.id));
  });
  return node;
}

/** Tags in the order of the document, then those that only operations name: [tag, operations]. */
function grouped(operations) {
  const groups = new Map(list(api.tags).map((tag) => [tag.name, []]));
  for (const operation of operations) groups.set(operation.tag, [...groups.get(operation.tag) ?? [], operation]);
  return [...groups].filter(([, members]) => members.length);
}

function render() {
  const info = api.info ?? {};
  const operations = collectOperations();
  document.title = `${info.title ?? 'API'} ${interactive ? 'documentation' : 'reference'}`;
  byId('ui-title').replaceChildren(info.title ?? 'API', ' ', info.version ? el('span.version', {}, info.version) : '');
  byId('ui-about').replaceChildren(...[
    prose(info.description), note('Base address: ', el('code', {}, location.origin + basePath() || '/')),
  ].filter(Boolean));

  const groups = grouped(operations).map(([tag, members]) => {
    const described = list(api.tags).find(({ name }) => name === tag);
    const entries = members.map((operation) => {
      const title = operation.summary || operation.path;
      return {
        text: `${operation.method} ${operation.path} ${operation.summary} ${list(operation.tags).join(' ')} ${operation.id}`.toLowerCase(),
        article: article(operation),
        item: el('li', {}, el('a', { href: hashOf(operation.id), title: operation.path }, badge(operation.method), ' ', title)),
      };
    });
    const id = `tag/${tag}`;
    return {
      entries,
      section: el('section.group', { id }, el('h2', { tabindex: -1 }, tag), prose(described?.description),
        entries.map((entry) => entry.article)),
      index: el('details', { open: true }, el('summary', {}, tag), el('ul', {}, entries.map((entry) => entry.item))),
    };
  });
  const schemas = Object.entries(api.components?.schemas ?? {});
  const models = el('section.group.models', { id: 'tag/Schemas' }, el('h2', { tabindex: -1 }, 'Schemas'),
    schemas.map(([name, schema]) => lazyDetails({ id: `schema/${name}` }, el('code', {}, name),
      () => schemaView(schema, { trail: [`#/components/schemas/${name}`] }))));
  byId('ui-operations').replaceChildren(...groups.map((group) => group.section), schemas.length ? models : '');
  byId('ui-contents').replaceChildren(...groups.map((group) => group.index),
    schemas.length ? el('p', {}, el('a', { href: '#tag/Schemas' }, 'Schemas')) : '');
  prepareFilter(groups, models);
  followReader(groups);
}

function prepareFilter(groups, models) {
  const box = byId('ui-filter');
  const apply = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let all = 0, left = 0;
    for (const { entries, section, index } of groups) {
      let some = false;
      for (const entry of entries) {
        const fits = words.every((word) => entry.text.includes(word));
        entry.article.hidden = entry.item.hidden = !fits;
        some ||= fits;
        all += 1;
        left += fits ? 1 : 0;
      }
      section.hidden = index.hidden = !some;
    }
    models.hidden = words.length > 0;
    byId('ui-count').textContent = words.length ? `${left} of ${all}` : `${all} operations`;
  };
  box.addEventListener('input', apply);
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input, textarea, select, dialog');
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === 'Escape' && event.target === box) {
      box.value = '';
      apply();
    }
  });
  apply();
}

/** Goes to what the fragment of the address names: opens it, and takes the filter away if that hides it. */
function goTo(fragment) {
  const id = decoded(fragment.slice(1));
  const target = id && byId(id);
  if (!target) return;
  if (target.closest('[hidden]')) {
    byId('ui-filter').value = '';
    byId('ui-filter').dispatchEvent(new Event('input'));
  }
  openers.get(target)?.(true);
  if (target.tagName === 'DETAILS') target.open = true;
  showContents(false);
  target.scrollIntoView();
  (target.querySelector('h2, h3 button, h3[tabindex], summary') ?? target).focus({ preventScroll: true });
}

function showContents(shown) {
  byId('ui-contents').toggleAttribute('data-shown', shown);
  byId('ui-menu').setAttribute('aria-expanded', String(shown));
}

/** Marks in the side navigation what is at the top of the window. */
function followReader(groups) {
  const links = new Map(groups.flatMap(({ entries }) => entries.map((entry) => [entry.article, entry.item.firstChild])));
  const observer = new IntersectionObserver((changes) => changes.forEach(({ target, isIntersecting }) => {
    if (!isIntersecting) return links.get(target).removeAttribute('aria-current');
    links.get(target).setAttribute('aria-current', 'true');
    const menu = byId('ui-contents'), place = links.get(target).offsetTop;
    if (place < menu.scrollTop || place > menu.scrollTop + menu.clientHeight - 40) menu.scrollTop = place - menu.clientHeight / 2;
  }), { rootMargin: '-80px 0px -75% 0px' });
  links.forEach((_, node) => observer.observe(node));
}

function prepareBar() {
  document.body.dataset.viewName = interactive ? 'docs' : 'redoc';
  document.querySelectorAll('[data-view]').forEach((node) => {
    if ((node.dataset.view === 'docs') === interactive) node.setAttribute('aria-current', 'page');
    node.addEventListener('click', () => { node.href = node.href.split('#')[0] + location.hash; });
  });
  byId('ui-menu').addEventListener('click', () => showContents(byId('ui-menu').getAttribute('aria-expanded') === 'false'));
  byId('ui-contents').addEventListener('click', (event) => {
    const place = event.target.closest('a')?.getAttribute('href');
    if (place === location.hash) goTo(place); // The address does not change, so nothing else would happen.
  });
  addEventListener('hashchange', () => goTo(location.hash));
  if (!interactive) {
    addEventListener('beforeprint', () => document.querySelectorAll('.response').forEach((box) => {
      box.open = true;
      fillers.get(box)?.();
    }));
    return;
  }
  prepareDialog();
  const unfold = byId('ui-unfold');
  unfold.hidden = false;
  unfold.addEventListener('click', () => {
    const opened = unfold.textContent === 'Open all';
    unfold.textContent = opened ? 'Close all' : 'Open all';
    document.querySelectorAll('article:not([hidden])').forEach((node) => openers.get(node)?.(opened));
  });
}

async function fetchDocument() {
  const response = await fetch(documentPath, { headers: { Accept: 'application/json' }, credentials: 'omit' })
    .catch((error) => { throw new Error(`the server cannot be reached (${error.message}).`); });
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim() + '.');
  const value = await response.json().catch(() => { throw new Error('the answer is not JSON.'); });
  if (!isObject(value?.paths)) throw new Error('the answer is JSON, but no OpenAPI document: it has no paths.');
  return value;
}

async function start() {
  const notice = byId('ui-notice');
  const state = (name) => { document.body.dataset.state = name; };
  state('loading');
  notice.hidden = false;
  notice.replaceChildren('Loading the API document…');
  try {
    api = await fetchDocument();
    render();
    notice.hidden = true;
    state('ready');
    goTo(location.hash);
  } catch (error) {
    state('failed');
    notice.replaceChildren(el('p', {}, `The API document could not be loaded: ${error.message}`), plainButton('Try again', start));
  }
}

prepareBar();
start();
