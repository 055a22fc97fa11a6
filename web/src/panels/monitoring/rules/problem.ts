// What is wrong with a rule, in the reader's language; a bare text as it is.
import type { RuleState } from "@/data/sensing";
import { said } from "@/ui/format";

export const problem_text = (problem: RuleState["problem"]): string => (typeof problem === "string" ? problem : said(problem));
