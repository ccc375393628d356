/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * boards - relay boards and the frames that switch them.
 */
#include "parts.h"

#include <string.h>

/* A0, channel, state, sum. LCUS-1 never answers. */
static size_t
lcus_frame(long address, int channel, bool on, unsigned char out[16])
{
	(void)address;
	out[0] = 0xA0;
	out[1] = (unsigned char)channel;
	out[2] = on;
	out[3] = (unsigned char)(out[0] + out[1] + out[2]);
	return 4;
}

/* Its own pulse (CC) is of a fixed length, so it is not used. */
static size_t
hw667_frame(long address, int channel, bool on, unsigned char out[16])
{
	(void)address;
	(void)channel;
	out[0] = on ? 0xAA : 0xBB;
	return 1;
}

static size_t
kmtronic_frame(long address, int channel, bool on, unsigned char out[16])
{
	(void)address;
	out[0] = 0xFF;
	out[1] = (unsigned char)channel;
	out[2] = on;
	return 3;
}

unsigned
board_crc16(const unsigned char *bytes, size_t n)
{
	unsigned crc = 0xFFFF;

	for (size_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
	}
	return crc;
}

/* Write one coil; the answer is the same frame. */
static size_t
modbus_frame(long address, int channel, bool on, unsigned char out[16])
{
	const unsigned char frame[] = { (unsigned char)address, 0x05, 0,
		(unsigned char)(channel - 1), on ? 0xFF : 0, 0 };
	unsigned crc = board_crc16(frame, sizeof(frame));

	memcpy(out, frame, sizeof(frame));
	out[6] = (unsigned char)(crc & 0xFF);
	out[7] = (unsigned char)(crc >> 8);
	return 8;
}

const struct board boards[] = {
	{ "lcus", 9600, 8, lcus_frame, false,
	    N_("LCUS-1, -2, -4, -8 and their kin (CH340), 1 to 8 channels") },
	{ "hw667", 9600, 1, hw667_frame, false,
	    N_("HW-667, one channel") },
	{ "kmtronic", 9600, 8, kmtronic_frame, false,
	    N_("KMTronic USB, 1 to 8 channels") },
	{ "modbus", 9600, 8, modbus_frame, true,
	    N_("Modbus RTU coils, 1 to 8 channels; answers are checked") },
	{ "gpio", 0, CHANNELS_MAX, gpio_frame, false,
	    N_("lines of a GPIO chip: serial:/dev/gpiochip0,protocol=gpio,line=17") },
};
const size_t nboards = nitems(boards);
