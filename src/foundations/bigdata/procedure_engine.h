// What a declared procedure asks of a record and does to it. Used by the applier, which alone
// writes, and by whoever wants to tell people beforehand what is open to them.
#pragma once

#include "core/principal.h"
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/journal.h"
#include "foundations/bigdata/record.h"

#include <optional>
#include <string_view>

namespace anlan::bigdata {

/// Origin of the program's own changes to clocks; no door of the program gives it to people.
inline constexpr std::string_view k_clock_origin = "clock";

/// State, required fields, guards; the record with the move's own fields already in it. Errors:
/// move_not_open, with the moves that are; bad_request, naming the fields that are missing; a
/// guard's refusal.
Result<void> check_move(const Kind& kind, std::string_view move, const Record& record,
                        const Author& author, Timestamp now);

/// The guards alone. Errors: the first refusal.
Result<void> check_guards(const Kind& kind, const Move& move, const Record& record,
                          const Author& author, Timestamp now);

/// The field has no value, or an empty text.
bool is_blank(const Record& record, std::string_view field);

/// The roles that a move is declared for, besides its right. Errors: move_not_yours.
Result<void> check_move_roles(const Catalog& catalog, const Move& move, const Principal& who);

/// Takes the record to the move's state: effects, then clocks. After check_move().
void make_move(const Catalog& catalog, const Kind& kind, const Move& move, Record& record,
               const Author& author, Timestamp now);

/// Clocks of a record that has come into its state, by a move or by creation.
void enter_state(const Catalog& catalog, const Kind& kind, Record& record, Timestamp now);

/// Clocks whose term is a field follow it: an extension granted moves the due time.
void follow_terms(const Catalog& catalog, const Kind& kind, Record& record, Timestamp now);

/// A field that a clock keeps may not be given by people, except as it is. Errors: bad_request.
Result<void> check_clock_fields(const Kind& kind, const json::object& given,
                                const json::object& present, const Author& author);

/// The end of a term that begins at `from`; nothing for a field without a value. Whole days and
/// working days end at 23:59:59 Beijing time of their last day and do not count the first; a last
/// day of calendar days that is a day off moves to the next working day (Civil Code of the PRC,
/// articles 201 to 203). A field of type date ends with its day.
std::optional<Timestamp> end_of_term(const WorkingCalendar& calendar, const Term& term,
                                     const Record& record, Timestamp from);

}  // namespace anlan::bigdata
