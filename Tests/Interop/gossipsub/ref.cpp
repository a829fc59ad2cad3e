// C++ protobuf on RPCs of gossipsub: the limit that meshspec-bench holds its codec against.
//
//     protoc -I Tests/Interop/gossipsub/proto --cpp_out=DIR gossip.proto
//     c++ -O3 -march=native -I DIR -o ref Tests/Interop/gossipsub/ref.cpp DIR/*.pb.cc -lprotobuf
//     ref FILE parse|serialize
//
// FILE has RPCs, each behind its length in four bytes, little endian. `parse` reads each into a fresh message, `serialize` writes
// each message, read before, into the same string. Prints the nanoseconds for one RPC, best of five; exits 1 when one cannot be parsed.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "gossip.pb.h"

int main(int count, char **words) {
    FILE *file = count == 3 ? fopen(words[1], "rb") : nullptr;
    if (!file) return 2;
    std::string all;
    std::vector<std::pair<size_t, size_t>> places;
    uint32_t length;
    while (fread(&length, sizeof length, 1, file) == 1) {
        const size_t at = all.size();
        all.resize(at + length);
        if (fread(&all[at], 1, length, file) != length) return 2;
        places.push_back({at, length});
    }
    fclose(file);
    const bool parses = !strcmp(words[2], "parse");
    std::vector<gossip::RPC> messages(parses ? 0 : places.size());
    for (size_t i = 0; i < messages.size(); i++)
        if (!messages[i].ParseFromArray(&all[places[i].first], int(places[i].second))) return 1;
    double best = 1e18;
    size_t sum = 0;
    std::string out;
    for (int time = 0; time < 5; time++) {
        const auto start = std::chrono::steady_clock::now();
        if (parses)
            for (const auto &place : places) {
                gossip::RPC message;
                if (!message.ParseFromArray(&all[place.first], int(place.second))) return 1;
                sum += message.publish_size();
            }
        else
            for (const auto &message : messages) {
                message.SerializeToString(&out);
                sum += out.size();
            }
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
        best = std::min(best, took.count() / double(places.size()));
    }
    if (!parses && sum != 5 * all.size()) return 1;
    printf("%f\n", best);
}
