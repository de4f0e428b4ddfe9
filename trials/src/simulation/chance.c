/* Chance that falls alike each time: whatever asks the system for random bytes in a simulation (the order of hash maps, the
 * turns of select!) gets the same ones in every run. */
#define _GNU_SOURCE
#include <stdint.h>
#include <sys/types.h>

static uint64_t state = 0x9e3779b97f4a7c15u;

ssize_t getrandom(void *buffer, size_t length, unsigned int flags) {
    (void)flags;
    unsigned char *bytes = buffer;
    for (size_t i = 0; i < length; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes[i] = state >> 24;
    }
    return length;
}
