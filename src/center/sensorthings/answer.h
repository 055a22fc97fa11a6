// Answers of the SensorThings read API: entities and pages of them, filtered, sorted, expanded.
//
// A page's nextLink carries the sort values and the id of its last entity ($skiptoken), so that
// the next page goes on right behind it whatever was added or removed meanwhile.
#pragma once

#include "center/sensorthings/options.h"
#include "center/sensorthings/world.h"

namespace anlan::center::sensorthings {

class Answers {
  public:
    Answers(World& world, Timestamp now) : m_world(world), m_now(now) {}

    /// The entity with what is selected and expanded. Errors: sensorthings_no_property,
    /// sensorthings_too_much, those of the world.
    Result<json::object> entity(const Entity& entity, const Options& options);

    /// Entities of `set`: all, or those that hang on `from`. `link` is where they are found, for
    /// the nextLink. {"@iot.count"?, "@iot.nextLink"?, "value":[…]}. Errors: as entity(), and
    /// sensorthings_option for a token that this server did not make.
    Result<json::object> list(Set set, const Entity* from, const Options& options,
                              const std::string& link);

  private:
    struct Page {
        std::vector<Entity> entities;
        std::optional<std::int64_t> count;
        std::string token;  ///< Of the next page; empty on the last.
    };
    struct Cursor {
        Values keys;
        std::string id;
    };

    Result<Page> page(Set set, const Entity* from, const Options& options);
    Result<Page> page_of(std::vector<Entity> all, const Options& options);
    Result<Page> page_of_positions(const Entity* from, const Options& options);
    Result<Page> page_of_observations(const Entity* from, const Options& options);
    Result<Page> page_in_time_order(const std::vector<Entity>& streams, TimeBounds bounds,
                                    const Options& options);
    Result<std::vector<Entity>> observations(const std::vector<Entity>& streams, TimeBounds bounds,
                                             const Options& options, std::size_t most);
    Result<std::int64_t> count(const std::vector<Entity>& streams, TimeBounds bounds,
                               const Options& options);
    Result<bool> wanted(const Entity& entity, const Options& options);
    Result<Values> keys_of(const Entity& entity, const Options& options);
    Result<json::value> expanded(const Entity& entity, const Navigation& link, const Expand& expand,
                                 json::object& into);
    Result<json::array> data_arrays(const std::vector<Entity>& entities, const Options& options);
    static Result<std::optional<Cursor>> cursor_of(const Options& options);
    static std::string token_of(const Cursor& cursor);

    World& m_world;
    Timestamp m_now;
    std::size_t m_made = 0;  ///< Entities of this answer, expanded ones too.
};

/// `link` with the options of the page and its token, percent-encoded.
std::string next_link(const std::string& link, const Options& options, const std::string& token);

}  // namespace anlan::center::sensorthings
