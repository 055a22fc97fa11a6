// Pages of observations, read from the lake no further than the page needs.
#include "center/sensorthings/answer.h"
#include "center/sensorthings/errors.h"
#include "center/sensorthings/scan.h"

#include <algorithm>
#include <queue>

namespace anlan::center::sensorthings {
namespace {

/// What one page may read to find what its filter wants; then it ends early, with a nextLink.
constexpr std::size_t k_examined_max = 200'000;
constexpr std::size_t k_sorted_max = 100'000;
constexpr std::size_t k_counted_max = 1'000'000;
/// Oldest first every stream has to be read to know which comes first.
constexpr std::size_t k_streams_oldest_first_max = 1'000;

std::unexpected<Error> too_much(std::size_t most) {
    return fail(errors::k_st_too_much, {{"max", std::to_string(most)},
                                        {"how", "$filter=phenomenonTime, Datastreams(id)"}});
}

Entity observation_of(const Entity& stream, const bigdata::Observation& observation) {
    Entity out = stream;
    out.set = Set::observations;
    out.observation = observation;
    return out;
}

/// Several scans as one, by time and then by datastream.
class Merged {
  public:
    Merged(Direction direction) : m_direction(direction) {}
    void add(const Entity& stream, Scan scan) {
        m_items.push_back({&stream, std::move(scan)});
        push(m_items.size() - 1, false);
    }
    struct Next {
        const Entity* stream = nullptr;  ///< Null at the end.
        bigdata::Observation observation{};
    };
    /// Errors: io.
    Result<Next> next() {
        while (!m_queue.empty()) {
            const Head head = m_queue.top();
            m_queue.pop();
            Item& item = m_items[head.item];
            TRY_ASSIGN(row, item.scan.peek());
            if (row == nullptr) continue;
            if (!head.read) {
                push(head.item, true);
                continue;
            }
            Next out{item.stream, *row};
            item.scan.next();
            push(head.item, false);
            return out;
        }
        return Next{};
    }

  private:
    struct Item {
        const Entity* stream;
        Scan scan;
    };
    struct Head {
        Timestamp at;
        Uuid stream;
        std::size_t item;
        bool read;  ///< `at` is an observation's, no guess.
    };
    void push(std::size_t item, bool read) {
        if (const auto at = m_items[item].scan.best())
            m_queue.push({*at, m_items[item].stream->datastream->id, item, read});
    }
    struct Later {
        Direction direction;
        bool operator()(const Head& a, const Head& b) const {
            if (a.at != b.at)
                return direction == Direction::newest_first ? a.at < b.at : a.at > b.at;
            return a.stream > b.stream;
        }
    };

    Direction m_direction;
    std::vector<Item> m_items;
    std::priority_queue<Head, std::vector<Head>, Later> m_queue{Later{m_direction}};
};

}  // namespace

Result<std::vector<Entity>> Answers::observations(const std::vector<Entity>& streams,
                                                  TimeBounds bounds, const Options& options,
                                                  std::size_t most) {
    std::vector<Entity> out;
    std::size_t examined = 0;
    for (const Entity& stream : streams) {
        const auto number = m_world.stream_of(stream);
        if (!number) continue;
        Scan scan(m_world.context().lake, *number, bounds.from, bounds.to, Direction::oldest_first);
        for (;;) {
            TRY_ASSIGN(row, scan.peek());
            if (row == nullptr) break;
            if (++examined > k_counted_max || out.size() > most) return too_much(most);
            Entity entity = observation_of(stream, *row);
            scan.next();
            TRY_ASSIGN(fits, wanted(entity, options));
            if (fits) out.push_back(std::move(entity));
        }
    }
    return out;
}

Result<std::int64_t> Answers::count(const std::vector<Entity>& streams, TimeBounds bounds,
                                    const Options& options) {
    std::int64_t out = 0;
    std::size_t examined = 0;
    for (const Entity& stream : streams) {
        const auto number = m_world.stream_of(stream);
        if (!number) continue;
        Scan scan(m_world.context().lake, *number, bounds.from, bounds.to, Direction::oldest_first);
        for (;;) {
            TRY_ASSIGN(row, scan.peek());
            if (row == nullptr) break;
            if (++examined > k_counted_max) return too_much(k_counted_max);
            bool fits = true;
            if (options.filter) {
                TRY_ASSIGN(judged, wanted(observation_of(stream, *row), options));
                fits = judged;
            }
            scan.next();
            out += fits ? 1 : 0;
        }
    }
    return out;
}

Result<Answers::Page> Answers::page_in_time_order(const std::vector<Entity>& streams,
                                                  TimeBounds bounds, const Options& options) {
    const auto direction = options.order.empty() || options.order.front().descending
                               ? Direction::newest_first
                               : Direction::oldest_first;
    if (direction == Direction::oldest_first && streams.size() > k_streams_oldest_first_max)
        return too_much(k_streams_oldest_first_max);
    TRY_ASSIGN(cursor, cursor_of(options));
    std::optional<Timestamp> behind;
    if (cursor && !cursor->keys.empty()) {
        if (const auto* at = std::get_if<Timestamp>(&cursor->keys.front())) behind = *at;
    }
    Merged merged(direction);
    for (const Entity& stream : streams) {
        const auto number = m_world.stream_of(stream);
        if (!number) continue;
        TimeBounds own = bounds;
        if (behind) {
            // At the cursor's own time only datastreams behind its own are still to come.
            Entity at_cursor = observation_of(stream, {});
            at_cursor.observation.at = *behind;
            const std::int64_t same = World::id_of(at_cursor) > cursor->id ? 1 : 0;
            if (direction == Direction::newest_first)
                own.to = std::min(own.to, *behind + same);
            else
                own.from = std::max(own.from, *behind + (1 - same));
        }
        merged.add(stream, Scan(m_world.context().lake, *number, own.from, own.to, direction));
    }
    Page out;
    const std::size_t top = options.top.value_or(k_top_usual);
    std::size_t skip = options.skip, examined = 0;
    std::optional<Entity> last;  ///< What the next page begins behind.
    for (;;) {
        TRY_ASSIGN(next, merged.next());
        if (next.stream == nullptr) return out;
        if (out.entities.size() == top || examined == k_examined_max) break;
        ++examined;
        Entity entity = observation_of(*next.stream, next.observation);
        TRY_ASSIGN(fits, wanted(entity, options));
        last = entity;
        if (!fits) continue;
        if (skip > 0)
            --skip;
        else
            out.entities.push_back(std::move(entity));
    }
    if (last && top > 0) out.token = token_of({{last->observation.at}, World::id_of(*last)});
    return out;
}

Result<Answers::Page> Answers::page_of_observations(const Entity* from, const Options& options) {
    TRY_ASSIGN(streams, m_world.datastreams_below(from));
    const auto bounds =
        options.filter ? bounds_of(*options.filter, "phenomenonTime") : TimeBounds{};
    const bool by_time = options.order.empty() ||
                         (options.order.size() == 1 &&
                          options.order[0].path == std::vector<std::string>{"phenomenonTime"});
    Page out;
    if (by_time) {
        TRY_ASSIGN(page, page_in_time_order(streams, bounds, options));
        out = std::move(page);
        if (options.count) {
            TRY_ASSIGN(all, count(streams, bounds, options));
            out.count = all;
        }
        return out;
    }
    TRY_ASSIGN(all, observations(streams, bounds, options, k_sorted_max));
    Options rest = options;  // what remains has been filtered
    rest.filter.reset();
    return page_of(std::move(all), rest);
}

}  // namespace anlan::center::sensorthings
