// C++ protobuf on messages of dxRPC: the limit that meshspec-bench holds its decoder against.
//
//     protoc -I Tests/Interop/dxos/proto --cpp_out=DIR rpc.proto signal.proto
//     c++ -O3 -march=native -I DIR -o ref Tests/Interop/dxos/ref.cpp DIR/*.pb.cc -lprotobuf
//     ref FILE ROUNDS
//
// FILE has messages, each behind its length in four bytes, little endian. Each is parsed into a fresh RpcMessage, and the payload of
// a call of the service, or of an event or a message that a stream gives, into a fresh message of its type. Prints the nanoseconds
// for one message, best of seven times ROUNDS; exits 1 when one cannot be parsed.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "rpc.pb.h"
#include "signal.pb.h"

template <class M>
static bool parse(const std::string &bytes) {
    M message;
    return message.ParseFromString(bytes);
}
static bool ends(const std::string &text, const char *end) {
    size_t n = strlen(end);
    return text.size() >= n && !text.compare(text.size() - n, n, end);
}
static bool open(const google::protobuf::Any &payload) {
    const std::string &type = payload.type_url();
    if (ends(type, ".JoinRequest")) return parse<dxos::mesh::signal::JoinRequest>(payload.value());
    if (ends(type, ".ReceptionRequest")) return parse<dxos::mesh::signal::ReceptionRequest>(payload.value());
    if (ends(type, ".SwarmEvent")) return parse<dxos::mesh::signal::SwarmEvent>(payload.value());
    if (ends(type, ".Message")) return parse<dxos::mesh::signal::Message>(payload.value());
    return true;
}
static bool read(const std::string &bytes) {
    dxos::rpc::RpcMessage message;
    if (!message.ParseFromString(bytes)) return false;
    if (message.has_request()) return open(message.request().payload());
    return !message.has_response() || !message.response().has_payload() || open(message.response().payload());
}

int main(int count, char **words) {
    FILE *file = count == 3 ? fopen(words[1], "rb") : nullptr;
    if (!file) return 2;
    std::vector<std::string> messages;
    uint32_t length;
    while (fread(&length, sizeof length, 1, file) == 1) {
        std::string bytes(length, 0);
        if (fread(&bytes[0], 1, length, file) != length) return 2;
        messages.push_back(bytes);
    }
    fclose(file);
    const long rounds = atol(words[2]);
    if (messages.empty() || rounds < 1) return 2;
    double best = 1e18;
    for (int time = 0; time < 7; time++) {
        const auto start = std::chrono::steady_clock::now();
        for (long i = 0; i < rounds; i++)
            for (const auto &bytes : messages)
                if (!read(bytes)) return 1;
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
        best = std::min(best, took.count() / double(rounds) / double(messages.size()));
    }
    printf("%f\n", best);
}
