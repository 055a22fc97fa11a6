// The query options of a request and of each $expand in it (18-088, clause 9.3).
#pragma once

#include "center/sensorthings/filter.h"
#include "center/sensorthings/model.h"

#include <map>
#include <optional>
#include <string>

namespace anlan::center::sensorthings {

struct OrderBy {
    std::vector<std::string> path;
    bool descending = false;
};

enum class Format { entities, data_array };

struct Expand;
struct Options {
    std::optional<Expression> filter;
    std::vector<OrderBy> order;
    std::vector<std::string> select;  ///< Empty: everything.
    std::vector<Expand> expand;
    std::optional<std::size_t> top;
    std::size_t skip = 0;
    bool count = false;
    std::string token;  ///< $skiptoken of a nextLink.
    Format format = Format::entities;
    /// As asked, for the nextLink: all but $skip and $skiptoken.
    std::vector<std::pair<std::string, std::string>> asked;
};
struct Expand {
    std::string name;  ///< A navigation property of the set it stands in.
    Options options;
};

inline constexpr std::size_t k_top_max = 1'000;
inline constexpr std::size_t k_top_usual = 100;
inline constexpr std::size_t k_expand_depth_max = 5;

using Query = std::map<std::string, std::string, std::less<>>;

/// `set` is what the path names; null for a path that ends in a property. Options of other systems
/// (without "$") are passed over. Errors: sensorthings_option, sensorthings_no_property.
Result<Options> options_of(const Query& query, const SetRow& set);

}  // namespace anlan::center::sensorthings
