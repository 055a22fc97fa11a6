import { call } from "./http";
import type { Catalog } from "./types";

export const read_catalog = () => call<Catalog>("/catalog");
