// "What if it leaks": an exercise with a space of its own, devices of its own and a script for the
// simulator, started from one vessel.
//
// The exercise's device records are the live ones that watch the vessel (with the fire unit they
// hang on) and the nearest mast, written over in the exercise's space with addresses and tokens of
// their own. Of a token only the SM3 hash is kept; the token itself is in the script that the
// simulator gets, not in the one that the record keeps. Nothing is written to the live space but
// the exercise's record.
#pragma once

#include "apps/command/leak_model.h"
#include "apps/command/records.h"
#include "apps/simulator.h"
#include "core/random.h"
#include "core/route.h"

#include <memory>
#include <string>
#include <vector>

namespace anlan::command {

class ExerciseDesk {
  public:
    struct Simulator {
        apps::StartSimulator start;
        apps::StopSimulator stop;
        Random* random = nullptr;  ///< For tokens and addresses; null: the system's.
    };
    ExerciseDesk(const apps::Context& context, const Settings& settings, Simulator simulator);

    /// The simulator ended with the program: exercises that run get new tokens and go on. One that
    /// cannot go on (its detectors are gone, the simulator refuses) stays as it is, without
    /// readings.
    Result<void> start(const std::vector<bigdata::Record>& running);
    /// After the move `end`.
    void end(const bigdata::Record& exercise);
    [[nodiscard]] RouteRow what_if_route() const;

    /// Errors: forbidden, no_such_record, no_detectors, no_simulator, release_unknown,
    /// speed_out_of_range.
    Result<bigdata::Record> what_if(const Principal& who, Uuid vessel, double speed) const;

  private:
    /// A live device that gets a row of its own in the exercise.
    struct Player {
        bigdata::Record device;
        std::vector<bigdata::Record> datastreams;
        std::string address, token;
    };
    struct Cast {
        bigdata::Record vessel;
        std::vector<Player> players;
        Wind wind;
        Uuid mast;
    };
    Result<Cast> cast_for(std::string_view space, Uuid vessel) const;
    Result<void> go_on(const bigdata::Record& exercise) const;
    Result<Wind> wind_from(Uuid mast) const;
    void give_credentials(std::vector<Player>& players) const;
    Result<json::object> script_for(const Cast& cast, std::string_view space, double speed,
                                    std::uint64_t seed) const;
    Result<json::array> parts_of(const Cast& cast, const LeakModel& leak) const;
    /// How the simulator plays one datastream; no role: not at all.
    struct Played {
        std::string role;
        double baseline = 0, plateau = 0, delay_s = 0, rise_s = 0;
    };
    Played as_it_blows(const Cast& cast, const bigdata::Record& datastream) const;
    Played as_it_leaks(const Player& player, const bigdata::Record& datastream,
                       const LeakModel& leak, const std::vector<bigdata::Record>& rules) const;
    Result<void> enter(const std::string& space, const std::vector<Player>& players) const;
    Result<bigdata::Record> create_exercise(const Principal& who, const Cast& cast, Uuid id,
                                            std::int64_t base, json::object script,
                                            std::uint64_t seed) const;
    std::string random_text(std::size_t length, std::string_view alphabet) const;

    apps::Context m_context;
    Settings m_settings;
    Simulator m_simulator;
    std::shared_ptr<SystemRandom> m_system_random = std::make_shared<SystemRandom>();
};

}  // namespace anlan::command
