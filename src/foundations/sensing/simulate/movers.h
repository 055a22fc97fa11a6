// What moves: trucks that wander over the streets, ships that sail lanes or lie at berths. Channels
// longitude, latitude (deg), speed (m/s), course (deg from true north).
#pragma once

#include "foundations/sensing/simulate/behaviour.h"

#include <map>
#include <memory>

namespace anlan::sensing::simulate {

/// A line to move along, in metres from its start.
class Path {
  public:
    explicit Path(std::vector<LonLat> points);
    [[nodiscard]] double length_m() const { return m_from_start_m.back(); }
    struct Position {
        LonLat at;
        double course_deg = 0;
    };
    /// Clamped to the ends. Straight in longitude and latitude between points.
    [[nodiscard]] Position at(double distance_m) const;
    [[nodiscard]] const std::vector<LonLat>& points() const { return m_points; }

  private:
    std::vector<LonLat> m_points;
    std::vector<double> m_from_start_m;
};

enum class Traffic { both_ways, one_way };

/// Streets that meet where their ends are the same place (to six decimals of a degree).
class Streets {
  public:
    /// Lines of under two points are left out.
    void add(std::vector<LonLat> line, Traffic traffic, double limit_m_s);
    /// One direction of a street.
    struct Way {
        std::size_t street = 0;
        bool backwards = false;
    };
    struct Street {
        Path path;
        Traffic traffic;
        double limit_m_s;
    };
    [[nodiscard]] bool empty() const { return m_streets.empty(); }
    [[nodiscard]] const Street& street(std::size_t index) const { return m_streets[index]; }
    /// The way whose middle is nearest to `place`.
    [[nodiscard]] Way nearest(LonLat place) const;
    /// A way on from the end of `way`, by chance; back only at a dead end.
    [[nodiscard]] Way onward(Way way, Random& random) const;

  private:
    using Node = std::pair<std::int64_t, std::int64_t>;
    std::vector<Street> m_streets;
    std::map<Node, std::vector<Way>> m_leaving;
    [[nodiscard]] static Node node_of(LonLat p);
};

struct TruckSettings {
    double speed_of_limit = 0.6, deviation = 0.15, forgets_s = 60, stops_per_hour = 0, stop_s = 0;
};
std::unique_ptr<Behaviour> make_truck(std::shared_ptr<const Streets> streets,
                                      TruckSettings settings, LonLat start);

struct Lane {
    std::vector<LonLat> points;
    double speed_m_s = 0;
    bool loop = false;  ///< Else there and back.
};
std::unique_ptr<Behaviour> make_sailing_ship(const Lane& lane);
std::unique_ptr<Behaviour> make_berthed_ship(LonLat berth, double heading_deg, double swing_m);

}  // namespace anlan::sensing::simulate
