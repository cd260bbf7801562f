// rescind/dns: names whose every question can be taken back.

export {
  type HostByNameOptions,
  type HostEntry,
  hostByAddress,
  hostByName,
  type ProtocolEntry,
  protocolByName,
  protocolByNumber,
  type ServiceEntry,
  type ServiceOptions,
  serviceByName,
  serviceByPort,
} from './entries.ts';
export type { LookupError } from './errors.ts';
export {
  type LookupAddress,
  type LookupAllOptions,
  type LookupOneOptions,
  type LookupOptions,
  type LookupOrder,
  lookup,
} from './lookup.ts';
