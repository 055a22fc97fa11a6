#include "foundations/sensing/directory.h"

namespace anlan::sensing {
namespace {

// A character that no code or address holds keeps "a"+"bc" and "ab"+"c" apart.
constexpr char k_between = '\x1f';

std::string key_of(std::string_view a, std::string_view b) {
    std::string out;
    out.reserve(a.size() + b.size() + 1);
    out.append(a).append(1, k_between).append(b);
    return out;
}

std::string key_of(std::string_view a, std::string_view b, std::string_view c) {
    std::string out;
    out.reserve(a.size() + b.size() + c.size() + 2);
    out.append(a).append(1, k_between).append(b).append(1, k_between).append(c);
    return out;
}

Uuid uuid_at(const json::object& o, std::string_view key) {
    return Uuid::parse(text_at(o, key)).value_or(Uuid{});
}

std::string string_at(const json::object& o, std::string_view key) {
    return std::string(text_at(o, key));
}

Stream stream_of(const bigdata::Record& device, const bigdata::Record& datastream) {
    Stream out;
    out.zone = device.zone;
    out.space = device.space;
    out.datastream = datastream.id;
    out.device = device.id;
    out.enterprise = uuid_at(device.fields, "enterprise");
    if (out.enterprise.is_nil()) out.enterprise = device.scope.enterprise;
    out.vessel = uuid_at(device.fields, "vessel");
    out.property = string_at(datastream.fields, "property");
    out.unit = string_at(datastream.fields, "unit");
    out.device_type = string_at(device.fields, "type");
    if (device.geometry) out.place = anchor_of(*device.geometry);
    out.expected_interval_s = number_at(datastream.fields, "expected_interval_s",
                                        number_at(device.fields, "expected_interval_s", 0));
    out.name = string_at(device.fields, "name");
    out.name_en = string_at(device.fields, "name_en");
    return out;
}

}  // namespace

void Directory::put(const bigdata::Record& record) {
    Space& space = m_spaces[record.space];
    if (record.kind == "device") put_device(space, record);
    if (record.kind == "datastream") put_datastream(space, record);
}

void Directory::put_device(Space& space, const bigdata::Record& record) {
    Uuid old_parent;
    std::string old_key;
    if (const auto known = space.devices.find(record.id); known != space.devices.end()) {
        if (known->second.record.sequence > record.sequence) return;
        old_parent = known->second.parent;
        old_key = known->second.key;
        forget_device(space, known);
    }
    if (!record.deleted) {
        const auto protocol = text_at(record.fields, "protocol");
        const auto address = text_at(record.fields, "address");
        Device device{record, key_of(record.space, protocol, address),
                      uuid_at(record.fields, "parent"),
                      string_at(record.fields, "credential_hash")};
        if (!device.credential.empty()) {
            m_credentials[device.credential] = {record.space, std::string(protocol),
                                                std::string(address)};
        }
        if (record.space != bigdata::k_live)
            m_exercise_of[key_of(protocol, address)] = record.space;
        if (!device.parent.is_nil()) space.children_of[device.parent].insert(record.id);
        space.devices_at[device.key].insert(record.id);
        space.devices.emplace(record.id, std::move(device));
    }
    if (!old_key.empty()) rebuild_post(space, old_key);
    refresh(space, record.id);
    const auto parent = space.devices.find(old_parent);
    if (parent != space.devices.end()) rebuild_posts(space, parent->second);
}

void Directory::forget_device(Space& space, std::map<Uuid, Device>::iterator at) {
    const Device& device = at->second;
    const auto protocol = text_at(device.record.fields, "protocol");
    const auto address = text_at(device.record.fields, "address");
    space.devices_at[device.key].erase(at->first);
    const auto credential = m_credentials.find(device.credential);
    if (credential != m_credentials.end() && credential->second.space == device.record.space) {
        m_credentials.erase(credential);
    }
    const auto exercise = m_exercise_of.find(key_of(protocol, address));
    if (exercise != m_exercise_of.end() && exercise->second == device.record.space) {
        m_exercise_of.erase(exercise);
    }
    if (!device.parent.is_nil()) space.children_of[device.parent].erase(at->first);
    space.devices.erase(at);
}

void Directory::put_datastream(Space& space, const bigdata::Record& record) {
    Uuid old_device;
    if (const auto known = space.datastreams.find(record.id); known != space.datastreams.end()) {
        if (known->second.record.sequence > record.sequence) return;
        old_device = known->second.device;
        if (known->second.stream) m_streams.erase(known->second.stream->number);
        space.datastreams_of[old_device].erase(record.id);
        space.datastreams.erase(known);
    }
    const Uuid device = uuid_at(record.fields, "device");
    if (!record.deleted) {
        space.datastreams[record.id] = {record, device, nullptr};
        space.datastreams_of[device].insert(record.id);
    }
    refresh(space, device);
    if (old_device != device && !old_device.is_nil()) refresh(space, old_device);
}

/// After any change of a device or its datastreams: its streams, and the posts they belong to.
void Directory::refresh(Space& space, Uuid device) {
    const auto at = space.devices.find(device);
    if (at == space.devices.end()) {
        for (const Uuid id : space.datastreams_of[device]) {
            auto& stream = space.datastreams[id].stream;
            if (stream) m_streams.erase(stream->number);
            stream = nullptr;
        }
        return;
    }
    rebuild_streams(space, at->second);
    rebuild_posts(space, at->second);
}

void Directory::rebuild_streams(Space& space, const Device& device) {
    for (const Uuid id : space.datastreams_of[device.record.id]) {
        Datastream& datastream = space.datastreams[id];
        Stream stream = stream_of(device.record, datastream.record);
        stream.number = datastream.stream ? datastream.stream->number
                                          : m_lake.number_of({id, device.record.space});
        datastream.stream = std::make_shared<const Stream>(std::move(stream));
        m_streams[datastream.stream->number] = datastream.stream;
    }
}

/// The post of the device's own address and that of its parent.
void Directory::rebuild_posts(Space& space, const Device& device) {
    rebuild_post(space, device.key);
    const auto parent = space.devices.find(device.parent);
    if (parent != space.devices.end() && parent->second.key != device.key) {
        rebuild_post(space, parent->second.key);
    }
}

void Directory::rebuild_post(Space& space, const std::string& key) {
    std::set<Uuid> members = space.devices_at[key];
    for (const Uuid id : std::set(members)) {
        members.insert(space.children_of[id].begin(), space.children_of[id].end());
    }
    if (members.empty()) {
        m_posts.erase(key);
        space.devices_at.erase(key);
        return;
    }
    const auto before = m_posts.find(key);
    auto post = std::make_shared<Post>();
    post->gate = before == m_posts.end() ? m_make_gate() : before->second->gate;
    post->service = Service::off;
    for (const Uuid id : members) {
        const Service service = boolean_at(space.devices.at(id).record.fields, "in_service", true)
                                    ? Service::on
                                    : Service::off;
        if (service == Service::on) post->service = Service::on;
        for (const Uuid each : space.datastreams_of[id]) {
            const Datastream& datastream = space.datastreams.at(each);
            if (!datastream.stream) continue;
            post->channels[string_at(datastream.record.fields, "channel")] = {datastream.stream,
                                                                              service};
        }
    }
    m_posts[key] = std::move(post);
}

std::vector<Hub::DeviceKey> Directory::adopted_by(const bigdata::Record& record) const {
    const auto key = [&](const bigdata::Record& device, std::string_view suffix) -> Hub::DeviceKey {
        return {record.space, string_at(device.fields, "protocol"),
                string_at(device.fields, "address").append(suffix)};
    };
    if (record.kind == "device") return {key(record, {})};
    std::vector<Hub::DeviceKey> out;
    const auto space = m_spaces.find(record.space);
    if (space == m_spaces.end()) return out;
    const std::string suffix = "#" + string_at(record.fields, "channel");
    const auto& devices = space->second.devices;
    const auto device = devices.find(uuid_at(record.fields, "device"));
    if (device == devices.end()) return out;
    out.push_back(key(device->second.record, suffix));
    const auto parent = devices.find(device->second.parent);
    if (parent != devices.end() && parent->second.key != device->second.key)
        out.push_back(key(parent->second.record, suffix));
    return out;
}

void Directory::drop_space(std::string_view name) {
    const auto at = m_spaces.find(name);
    if (at == m_spaces.end()) return;
    Space& space = at->second;
    for (const auto& [id, datastream] : space.datastreams) {
        if (datastream.stream) m_streams.erase(datastream.stream->number);
    }
    for (const auto& [key, members] : space.devices_at) m_posts.erase(key);
    while (!space.devices.empty()) forget_device(space, space.devices.begin());
    m_spaces.erase(at);
}

std::shared_ptr<const Post> Directory::post(std::string_view space, std::string_view protocol,
                                            std::string_view address) const {
    const auto at = m_posts.find(key_of(space, protocol, address));
    return at == m_posts.end() ? nullptr : at->second;
}

std::vector<Uuid> Directory::devices_at(const Hub::DeviceKey& key) const {
    const auto space = m_spaces.find(key.space);
    if (space == m_spaces.end()) return {};
    const auto& known = space->second.devices_at;
    const auto at = known.find(key_of(key.space, key.protocol, key.address));
    if (at == known.end()) return {};
    return {at->second.begin(), at->second.end()};
}

std::optional<Hub::DeviceKey> Directory::by_credential(std::string_view hash) const {
    const auto at = m_credentials.find(hash);
    if (at == m_credentials.end()) return std::nullopt;
    return at->second;
}

std::optional<std::string> Directory::exercise_of(std::string_view protocol,
                                                  std::string_view address) const {
    const auto at = m_exercise_of.find(key_of(protocol, address));
    if (at == m_exercise_of.end()) return std::nullopt;
    return at->second;
}

std::shared_ptr<const Stream> Directory::stream(bigdata::StreamNumber number) const {
    const auto at = m_streams.find(number);
    return at == m_streams.end() ? nullptr : at->second;
}

std::shared_ptr<const Stream> Directory::find(std::string_view space, Uuid datastream) const {
    const auto at = m_spaces.find(space);
    if (at == m_spaces.end()) return nullptr;
    const auto row = at->second.datastreams.find(datastream);
    return row == at->second.datastreams.end() ? nullptr : row->second.stream;
}

std::vector<std::shared_ptr<const Stream>> Directory::streams(std::string_view space) const {
    std::vector<std::shared_ptr<const Stream>> out;
    const auto at = m_spaces.find(space);
    if (at == m_spaces.end()) return out;
    for (const auto& [id, datastream] : at->second.datastreams) {
        if (datastream.stream) out.push_back(datastream.stream);
    }
    return out;
}

}  // namespace anlan::sensing
