/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * testlearn - the emissivity of thermometers that are not there: asked for,
 * and told.
 */
#include "parts.h"

#include <string.h>

/* Four bits at a time. */
void
testlearn_crc(unsigned char *out, size_t n)
{
	static const unsigned nibbles[16] = { 0x0000, 0xcc01, 0xd801, 0x1400,
		0xf001, 0x3c00, 0x2800, 0xe401, 0xa001, 0x6c00, 0x7800, 0xb401,
		0x5000, 0x9c01, 0x8801, 0x4400 };
	unsigned crc = 0xffff;

	for (size_t i = 0; i < n; i++) {
		crc = nibbles[(crc ^ out[i]) & 15] ^ crc >> 4;
		crc = nibbles[(crc ^ out[i] >> 4) & 15] ^ crc >> 4;
	}
	out[n] = (unsigned char)crc;
	out[n + 1] = (unsigned char)(crc >> 8);
}

/* [B1] 04, or [B1] 84 and two bytes with the XOR of the three. */
int
testlearn_optris(struct lesson *l, const unsigned char *bytes, size_t n)
{
	size_t from = bytes[0] == 0xb1;
	const unsigned char *p = bytes + from;

	n -= from;
	if (n == 0)
		return 0;
	if (p[0] != 0x04 && p[0] != 0x84)
		return -1;
	l->learnt = p[0] == 0x84;
	if (l->learnt && n < 4)
		return 0;
	if (l->learnt && (p[0] ^ p[1] ^ p[2]) != p[3])
		return -1;
	if (l->learnt)
		l->emissivity = p[1] << 8 | p[2];
	l->answer[0] = (unsigned char)(l->emissivity >> 8);
	l->answer[1] = (unsigned char)l->emissivity;
	l->nanswer = 2;
	return 1;
}

/* Register 4, in hundredths: function 3 reads it and 6 writes it. */
int
testlearn_modbus(struct lesson *l, const unsigned char *bytes, size_t n)
{
	unsigned char whole[8];

	if (bytes[0] != 1 || (n > 1 && bytes[1] != 3 && bytes[1] != 6))
		return -1;
	if (n < 8)
		return 0;
	memcpy(whole, bytes, 6);
	testlearn_crc(whole, 6);
	if (memcmp(whole, bytes, 8) != 0 || bytes[2] != 0 || bytes[3] != 4)
		return -1;
	l->learnt = bytes[1] == 6;
	if (l->learnt) {
		l->emissivity = (bytes[4] << 8 | bytes[5]) * 10;
		memcpy(l->answer, bytes, 8);
		l->nanswer = 8;
		return 1;
	}
	memcpy(l->answer, "\x01\x03\x02\x00", 4);
	l->answer[4] = (unsigned char)(l->emissivity / 10);
	testlearn_crc(l->answer, 5);
	l->nanswer = 7;
	return 1;
}
