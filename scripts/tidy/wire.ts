// The two sides of the wire state the same numbers.

import type { Problem, Tree } from './tree.ts';

const typescript = 'src/wire/layout.ts';
const layout = 'native/wire/layout.h';
const socketOptions = 'native/os/socket_options.h';

export function wireAgreement(tree: Tree): Problem[] {
  const ours = tree.files.get(typescript);
  const theirs = tree.files.get(layout);
  const options = tree.files.get(socketOptions);
  if (ours === undefined || theirs === undefined || options === undefined) {
    const missing = [typescript, layout, socketOptions].filter((path) => !tree.files.has(path));
    return missing.map((path) => ({ rule: 'wire', path, message: 'is missing' }));
  }
  return [
    ...compare('constant', constantsOf(ours, /^export const (\w+) = ([\d *+()]+);/gm), {
      ...constantsOf(theirs, /^inline constexpr [\w:]+ (\w+) = ([\d *+()]+);/gm),
      controlEntries: enumOf(theirs, 'Control')['controlEntries'],
      descriptorInts: intsOf(theirs, 'Descriptor'),
      cancelInts: intsOf(theirs, 'CancelRequest'),
      completionInts: intsOf(theirs, 'Completion'),
    }),
    ...compare('Control', objectOf(ours, 'Control'), without(enumOf(theirs, 'Control'), 'controlEntries')),
    ...compare('DescriptorFlag', without(objectOf(ours, 'DescriptorFlag'), 'none'), enumOf(theirs, 'DescriptorFlag')),
    ...compare('CancelFlag', without(objectOf(ours, 'CancelFlag'), 'none'), enumOf(theirs, 'CancelFlag')),
    ...compare('CompletionFlag', objectOf(ours, 'CompletionFlag'), enumOf(theirs, 'CompletionFlag')),
    ...compare('Field', objectOf(ours, 'Field'), fieldsOf(theirs, 'Descriptor', 4)),
    ...compare('WideField', objectOf(ours, 'WideField'), fieldsOf(theirs, 'Descriptor', 8)),
    ...compare(
      'CompletionField',
      objectOf(ours, 'CompletionField'),
      without(fieldsOf(theirs, 'Completion', 4), 'reserved'),
    ),
    ...compare('SocketOption', objectOf(ours, 'SocketOption'), enumOf(options, 'SocketOption')),
  ];
}

type Numbers = Readonly<Record<string, number | undefined>>;

function compare(what: string, ours: Numbers, theirs: Numbers): Problem[] {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  // A pattern that matches nothing any more must not pass for agreement.
  if (Object.keys(ours).length === 0) return [{ rule: 'wire', path: typescript, message: `${what} is not found` }];
  return names
    .filter((name) => ours[name] !== theirs[name])
    .map((name) => ({
      rule: 'wire',
      path: typescript,
      message: `${what} ${name} is ${ours[name] ?? 'missing'} here and ${theirs[name] ?? 'missing'} in the native header`,
    }));
}

function without(numbers: Numbers, name: string): Numbers {
  return Object.fromEntries(Object.entries(numbers).filter(([key]) => key !== name));
}

function constantsOf(text: string, pattern: RegExp): Numbers {
  return Object.fromEntries(
    [...text.matchAll(pattern)].map(([, name, value]) => [name as string, product(value as string)]),
  );
}

function product(expression: string): number {
  return expression.split('*').reduce((value, factor) => value * Number(factor), 1);
}

function objectOf(text: string, name: string): Numbers {
  const body = new RegExp(`^export const ${name} = \\{([^}]*)\\}`, 'm').exec(text)?.[1] ?? '';
  return Object.fromEntries(
    [...body.matchAll(/(\w+): (\d+)/g)].map(([, key, value]) => [key as string, Number(value)]),
  );
}

function bodyOf(text: string, what: string, name: string): string[] {
  const body = new RegExp(`^${what} ${name}(?: : [\\w:]+)? \\{([^}]*)\\}`, 'm').exec(text)?.[1] ?? '';
  return body
    .split('\n')
    .map((line) => line.replace(/\/\/.*/, '').trim())
    .filter((line) => line !== '');
}

function enumOf(text: string, name: string): Numbers {
  const numbers: Record<string, number> = {};
  let next = 0;
  for (const line of bodyOf(text, 'enum(?: class)?', name)) {
    const [, key, value] = /^(\w+)(?: = (\d+))?,?$/.exec(line) ?? [];
    if (key === undefined) continue;
    next = value === undefined ? next : Number(value);
    numbers[key] = next++;
  }
  return numbers;
}

/** The members of `bytes` bytes, with their offsets in units of that size. */
function fieldsOf(text: string, name: string, bytes: number): Numbers {
  const members = membersOf(text, name).filter((member) => member.bytes === bytes);
  return Object.fromEntries(members.map(({ name: key, at }) => [key, at / bytes]));
}

function intsOf(text: string, name: string): number {
  return membersOf(text, name).reduce((total, { bytes }) => total + bytes, 0) / 4;
}

function membersOf(text: string, name: string): { name: string; at: number; bytes: number }[] {
  let at = 0;
  return bodyOf(text, 'struct', name).flatMap((line) => {
    const [, type, key] = /^([\w:]+) (\w+)(?: = \d+)?;$/.exec(line) ?? [];
    if (type === undefined || key === undefined) return [];
    const bytes = type === 'double' ? 8 : 4;
    const member = { name: key, at, bytes };
    at += bytes;
    return [member];
  });
}
