import { call } from "./http";
import type { DutyNow } from "./types";

export const read_duty = () => call<DutyNow>("/duty/now");
