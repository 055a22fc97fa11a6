// Reading what is not a record: the catalog, the journal, observations.
#pragma once

#include "center/context.h"
#include "core/route.h"

#include <functional>

namespace anlan::center {

RouteRows catalog_routes(CenterContext context);
RouteRows journal_routes(CenterContext context);
RouteRows observation_routes(CenterContext context);

/// good, uncertain or bad.
std::string_view name_of(bigdata::Quality quality);

/// Which datastreams of the space `who` may see, as a question that is quick to ask many times.
Result<std::function<bool(const Uuid& datastream)>> visible_streams(const CenterContext& context,
                                                                    const Principal& who,
                                                                    std::string_view space);

/// {datastream,device,property,unit,value,at,received,quality,name,name_en,place}
json::object latest_of(const sensing::Stream& stream, const bigdata::Observation& observation);

}  // namespace anlan::center
