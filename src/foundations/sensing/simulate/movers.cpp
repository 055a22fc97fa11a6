#include "foundations/sensing/simulate/movers.h"

#include <algorithm>
#include <limits>
#include <numbers>

namespace anlan::sensing::simulate {
namespace {

constexpr double k_radians = std::numbers::pi / 180;
constexpr double k_metres_per_degree = 111'195;  // of latitude, on the sphere of core's distance_m

double course_deg(LonLat from, LonLat to) {
    const double east =
        (to.longitude_deg - from.longitude_deg) * std::cos(from.latitude_deg * k_radians);
    return wrap_deg(std::atan2(east, to.latitude_deg - from.latitude_deg) / k_radians);
}

void report_position(const Path::Position& position, double speed_m_s, Timestamp at,
                     std::vector<Reading>& out) {
    out.push_back(reading("longitude", position.at.longitude_deg, at));
    out.push_back(reading("latitude", position.at.latitude_deg, at));
    out.push_back(reading("speed", speed_m_s, at));
    out.push_back(reading("course", position.course_deg, at));
}

class Truck final : public Behaviour {
  public:
    Truck(std::shared_ptr<const Streets> streets, TruckSettings settings, LonLat start)
        : m_streets(std::move(streets)),
          m_settings(settings),
          m_pace{settings.deviation, settings.forgets_s, 0},
          m_way(m_streets->nearest(start)) {}

    void report(const Moment& moment, Random& random, std::vector<Reading>& out) override {
        const double speed_m_s = drive(moment.step_s, random);
        const Path& path = m_streets->street(m_way.street).path;
        Path::Position position =
            path.at(m_way.backwards ? path.length_m() - m_along_m : m_along_m);
        if (m_way.backwards) position.course_deg = wrap_deg(position.course_deg + 180);
        report_position(position, speed_m_s, moment.at, out);
    }

  private:
    std::shared_ptr<const Streets> m_streets;
    TruckSettings m_settings;
    Wander m_pace;
    Streets::Way m_way;
    double m_along_m = 0, m_stopped_s = 0;

    double drive(double step_s, Random& random) {
        const double share =
            m_settings.speed_of_limit * std::max(0.2, 1 + m_pace.step(step_s, random));
        if (m_stopped_s > 0) {
            m_stopped_s -= step_s;
            return 0;
        }
        if (random.next_unit() < m_settings.stops_per_hour * step_s / 3600) {
            m_stopped_s = m_settings.stop_s;
            return 0;
        }
        const double speed_m_s = m_streets->street(m_way.street).limit_m_s * share;
        m_along_m += speed_m_s * step_s;
        // A report covers few streets; the bound guards against a map of streets without length.
        for (int turns = 0; turns < 100; ++turns) {
            const double length_m = m_streets->street(m_way.street).path.length_m();
            if (m_along_m <= length_m) break;
            m_along_m -= length_m;
            m_way = m_streets->onward(m_way, random);
        }
        return speed_m_s;
    }
};

class SailingShip final : public Behaviour {
  public:
    explicit SailingShip(const Lane& lane)
        : m_path(lane.points), m_speed_m_s(lane.speed_m_s), m_loop(lane.loop) {}

    void report(const Moment& moment, Random& random, std::vector<Reading>& out) override {
        const double around_m = m_path.length_m() * (m_loop ? 1 : 2);
        if (moment.step_s <= 0) m_along_m = random.next_unit() * around_m;
        const double speed_m_s =
            m_speed_m_s * std::max(0.3, 1 + m_pace.step(moment.step_s, random));
        m_along_m = std::fmod(m_along_m + speed_m_s * moment.step_s, around_m);
        const bool back = m_along_m > m_path.length_m();
        Path::Position position = m_path.at(back ? around_m - m_along_m : m_along_m);
        if (back) position.course_deg = wrap_deg(position.course_deg + 180);
        report_position(position, speed_m_s, moment.at, out);
    }

  private:
    Path m_path;
    double m_speed_m_s;
    bool m_loop;
    Wander m_pace{0.08, 300, 0};
    double m_along_m = 0;
};

class BerthedShip final : public Behaviour {
  public:
    BerthedShip(LonLat berth, double heading_deg, double swing_m)
        : m_berth(berth),
          m_heading_deg(heading_deg),
          m_east{swing_m, 120, 0},
          m_north{swing_m, 120, 0} {}

    void report(const Moment& moment, Random& random, std::vector<Reading>& out) override {
        LonLat at = m_berth;
        at.latitude_deg += m_north.step(moment.step_s, random) / k_metres_per_degree;
        at.longitude_deg += m_east.step(moment.step_s, random) /
                            (k_metres_per_degree * std::cos(m_berth.latitude_deg * k_radians));
        report_position({at, m_heading_deg}, 0, moment.at, out);
    }

  private:
    LonLat m_berth;
    double m_heading_deg;
    Wander m_east, m_north;
};

}  // namespace

Path::Path(std::vector<LonLat> points) : m_points(std::move(points)) {
    ASSERT(m_points.size() >= 2);
    m_from_start_m.push_back(0);
    for (std::size_t i = 1; i < m_points.size(); ++i) {
        m_from_start_m.push_back(m_from_start_m.back() + distance_m(m_points[i - 1], m_points[i]));
    }
}

Path::Position Path::at(double distance_m) const {
    const auto after = std::ranges::upper_bound(m_from_start_m, distance_m);
    const auto index = std::clamp<std::ptrdiff_t>(after - m_from_start_m.begin(), 1,
                                                  static_cast<std::ptrdiff_t>(m_points.size()) - 1);
    const auto to = static_cast<std::size_t>(index);
    const LonLat a = m_points[to - 1], b = m_points[to];
    const double span_m = m_from_start_m[to] - m_from_start_m[to - 1];
    const double share =
        span_m <= 0 ? 0 : std::clamp((distance_m - m_from_start_m[to - 1]) / span_m, 0.0, 1.0);
    return {{a.longitude_deg + (b.longitude_deg - a.longitude_deg) * share,
             a.latitude_deg + (b.latitude_deg - a.latitude_deg) * share},
            course_deg(a, b)};
}

Streets::Node Streets::node_of(LonLat p) {
    return {std::llround(p.longitude_deg * 1e6), std::llround(p.latitude_deg * 1e6)};
}

void Streets::add(std::vector<LonLat> line, Traffic traffic, double limit_m_s) {
    if (line.size() < 2) return;
    const std::size_t index = m_streets.size();
    m_leaving[node_of(line.front())].push_back({index, false});
    if (traffic == Traffic::both_ways) m_leaving[node_of(line.back())].push_back({index, true});
    m_streets.push_back({Path(std::move(line)), traffic, limit_m_s});
}

Streets::Way Streets::nearest(LonLat place) const {
    ASSERT(!m_streets.empty());
    Way best;
    double best_m = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < m_streets.size(); ++i) {
        const Path& path = m_streets[i].path;
        const double away_m = distance_m(path.at(path.length_m() / 2).at, place);
        if (away_m < best_m) {
            best_m = away_m;
            best = {i, false};
        }
    }
    return best;
}

Streets::Way Streets::onward(Way way, Random& random) const {
    const Street& street = m_streets[way.street];
    const LonLat end = way.backwards ? street.path.points().front() : street.path.points().back();
    std::vector<Way> ways;
    if (const auto at = m_leaving.find(node_of(end)); at != m_leaving.end()) {
        std::ranges::copy_if(at->second, std::back_inserter(ways),
                             [&](Way w) { return w.street != way.street; });
    }
    if (!ways.empty()) return ways[random.next_u64() % ways.size()];
    // A dead end: turn round; at the end of a one-way street start again.
    return street.traffic == Traffic::both_ways ? Way{way.street, !way.backwards}
                                                : Way{way.street, false};
}

std::unique_ptr<Behaviour> make_truck(std::shared_ptr<const Streets> streets,
                                      TruckSettings settings, LonLat start) {
    return std::make_unique<Truck>(std::move(streets), settings, start);
}

std::unique_ptr<Behaviour> make_sailing_ship(const Lane& lane) {
    Lane closed = lane;
    if (closed.loop && !(closed.points.front() == closed.points.back()))
        closed.points.push_back(closed.points.front());
    return std::make_unique<SailingShip>(closed);
}

std::unique_ptr<Behaviour> make_berthed_ship(LonLat berth, double heading_deg, double swing_m) {
    return std::make_unique<BerthedShip>(berth, heading_deg, swing_m);
}

}  // namespace anlan::sensing::simulate
