/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * repeats - who crossed a short while ago, without keeping who it was.
 *
 * Keys are SipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast short-input
 * PRF", 2012) under a secret of this boot that never leaves memory: what a
 * thief finds in a memory image tells no number by itself.
 */
#include "parts.h"

#include <string.h>

static uint64_t
rotate(uint64_t x, int bits)
{
	return (x << bits) | (x >> (64 - bits));
}

static void
rounds(uint64_t v[4], int n)
{
	while (n-- > 0) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

static uint64_t
siphash(const uint64_t secret[2], const unsigned char *bytes, size_t n)
{
	uint64_t v[4] = {
		secret[0] ^ 0x736f6d6570736575, secret[1] ^ 0x646f72616e646f6d,
		secret[0] ^ 0x6c7967656e657261, secret[1] ^ 0x7465646279746573,
	};
	size_t i = 0;

	for (;;) {
		bool last = n - i < 8;
		uint64_t word = last ? (uint64_t)(n & 0xff) << 56 : 0;
		size_t take = last ? n - i : 8;

		for (size_t b = 0; b < take; b++)
			word |= (uint64_t)bytes[i + b] << (8 * b);
		v[3] ^= word;
		rounds(v, 2);
		v[0] ^= word;
		if (last)
			break;
		i += 8;
	}
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void
repeats_init(struct repeats *repeats, const uint64_t secret[2])
{
	memset(repeats, 0, sizeof(*repeats));
	memcpy(repeats->secret, secret, sizeof(repeats->secret));
}

uint64_t
repeats_key(const struct repeats *repeats, const void *bytes, size_t n)
{
	uint64_t key = siphash(repeats->secret, bytes, n);

	return key != 0 ? key : 1; /* 0 is "nobody" */
}

void
repeats_add(struct repeats *repeats, uint64_t key, bool inbound,
    int64_t at_ms)
{
	repeats->ring[repeats->next].key = key;
	repeats->ring[repeats->next].at_ms = at_ms;
	repeats->ring[repeats->next].inbound = inbound;
	repeats->next = (repeats->next + 1) % REPEATS_MAX;
}

void
repeats_forget(struct repeats *repeats, uint64_t key)
{
	for (size_t i = 0; i < REPEATS_MAX; i++)
		if (repeats->ring[i].key == key)
			repeats->ring[i].key = 0;
}

int64_t
repeats_minutes(const struct repeats *repeats, uint64_t key, bool inbound,
    int64_t now_ms)
{
	int64_t latest = -1;

	for (size_t i = 0; i < REPEATS_MAX; i++)
		if (repeats->ring[i].key == key &&
		    repeats->ring[i].inbound == inbound &&
		    now_ms - repeats->ring[i].at_ms <= REPEAT_MS &&
		    repeats->ring[i].at_ms > latest)
			latest = repeats->ring[i].at_ms;
	return latest < 0 ? -1 : (now_ms - latest) / 60000;
}
