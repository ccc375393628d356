/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Thermometers that answer a question. Most answers have neither header nor
 * checksum: an intake drops what is left over before it asks again, and an
 * answer that can be no temperature is refused as damaged.
 */
#include "packets.h"

#include <ctype.h>

#define LEAST_MC (-70000)
#define MOST_MC 380000 /* no such sensor measures more */

static bool
possible(int32_t mc)
{
	return mc >= LEAST_MC && mc <= MOST_MC;
}

static int
object(struct sample *sample, int32_t mc, int length)
{
	if (!possible(mc))
		return TAKE_DAMAGED;
	sample->object_mc = mc;
	sample->has_object = true;
	return length;
}

size_t
query_gd60914(const struct settings *settings, unsigned char out[QUERY_MAX])
{
	/* Object AA, forehead AB, wrist AC. */
	out[0] = (unsigned char)(0xaa + settings->mode);
	return 1;
}

/* Seven characters, an integer of tenths: "+000365". */
int
take_gd60914(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	int32_t tenths = 0;

	for (size_t i = 0; i < n && i < 7; i++) {
		if (i == 0 && (bytes[i] == '+' || bytes[i] == '-'))
			continue;
		if (!isdigit(bytes[i]))
			return TAKE_NOISE;
		tenths = tenths * 10 + (bytes[i] - '0');
	}
	if (n < 7)
		return TAKE_MORE;
	if (bytes[0] == '-')
		tenths = -tenths;
	if (object(sample, tenths < 10000 ? tenths * 100 : MOST_MC + 1, 7) < 0)
		return TAKE_DAMAGED;
	if (settings->mode != BODY_OBJECT) {
		sample->body_mc = sample->object_mc;
		sample->has_body = true;
		sample->has_object = false;
	}
	return 7;
}

int
take_haiman(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	(void)settings;
	if (n < 7)
		return TAKE_MORE;
	return object(sample, (bytes[2] | bytes[3] << 8) * 10, 7);
}

/* At least twelve bytes; what may follow goes before the next question. */
int
take_htpa(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	(void)settings;
	if (n < 12)
		return TAKE_MORE;
	sample->ambient_mc = (bytes[4] << 8 | bytes[5]) * 100;
	if (!possible(sample->ambient_mc))
		return TAKE_DAMAGED;
	sample->has_ambient = true;
	return object(sample, (bytes[10] << 8 | bytes[11]) * 100, 12);
}

/* address 0 is the RS-232 kind without one. */
size_t
query_optris(const struct settings *settings, unsigned char out[QUERY_MAX])
{
	size_t n = 0;

	if (settings->address > 0)
		out[n++] = (unsigned char)(0xb0 + settings->address);
	out[n++] = 0x01;
	return n;
}

int
take_optris(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	(void)settings;
	if (n < 2)
		return TAKE_MORE;
	return object(sample, ((bytes[0] << 8 | bytes[1]) - 1000) * 100, 2);
}

/* 04 asks for it in thousandths; 84 sets it, with the XOR of its three bytes. */
size_t
emissivity_to_optris(const struct settings *settings, bool set,
    unsigned char out[QUERY_MAX])
{
	unsigned char high = (unsigned char)(settings->emissivity >> 8);
	unsigned char low = (unsigned char)settings->emissivity;
	size_t n = 0;

	if (settings->address > 0)
		out[n++] = (unsigned char)(0xb0 + settings->address);
	out[n++] = set ? 0x84 : 0x04;
	if (set) {
		out[n++] = high;
		out[n++] = low;
		out[n++] = 0x84 ^ high ^ low;
	}
	return n;
}

int
emissivity_of_optris(const struct settings *settings,
    const unsigned char *bytes, size_t n, long *thousandths)
{
	(void)settings;
	if (n < 2)
		return TAKE_MORE;
	*thousandths = bytes[0] << 8 | bytes[1];
	/* Its scale ends at 1.1; what is beyond is an answer to no question. */
	return *thousandths > 0 && *thousandths <= 1100 ? 2 : TAKE_DAMAGED;
}

/* ---- Modbus-RTU ------------------------------------------------------------ */

static unsigned
crc16(const unsigned char *bytes, size_t n)
{
	unsigned crc = 0xffff;

	while (n-- > 0) {
		crc ^= *bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
	}
	return crc;
}

/* Two numbers of 16 bits: a register, and how many or what to write. */
static size_t
request(const struct settings *settings, long function, long first,
    long second, unsigned char out[QUERY_MAX])
{
	unsigned crc;

	out[0] = (unsigned char)settings->address;
	out[1] = (unsigned char)function;
	out[2] = (unsigned char)(first >> 8);
	out[3] = (unsigned char)first;
	out[4] = (unsigned char)(second >> 8);
	out[5] = (unsigned char)second;
	crc = crc16(out, 6);
	out[6] = (unsigned char)crc;
	out[7] = (unsigned char)(crc >> 8);
	return 8;
}

size_t
query_modbus(const struct settings *settings, unsigned char out[QUERY_MAX])
{
	return request(settings, settings->function, settings->reg, 1, out);
}

/* The answer of one register: 7, or 5 for an exception; else as take_fn. */
static int
answer(const struct settings *settings, long function,
    const unsigned char *bytes, size_t n)
{
	size_t whole;

	if (bytes[0] != settings->address ||
	    (n > 1 && (bytes[1] & 0x7f) != function))
		return TAKE_NOISE;
	whole = n > 1 && (bytes[1] & 0x80) != 0 ? 5 : 7;
	if (whole == 7 && n > 2 && bytes[2] != 2)
		return TAKE_NOISE;
	if (n < whole)
		return TAKE_MORE;
	if (crc16(bytes, whole - 2) != (unsigned)(bytes[whole - 2] |
	    bytes[whole - 1] << 8))
		return TAKE_DAMAGED;
	return (int)whole;
}

/* Function 6 writes one register of those that function 3 reads. */
size_t
emissivity_to_modbus(const struct settings *settings, bool set,
    unsigned char out[QUERY_MAX])
{
	long value = settings->emissivity * settings->emissivity_scale / 1000;

	return request(settings, set ? 6 : 3, settings->emissivity_register,
	    set ? value : 1, out);
}

int
emissivity_of_modbus(const struct settings *settings,
    const unsigned char *bytes, size_t n, long *thousandths)
{
	int whole = answer(settings, 3, bytes, n);

	if (whole == 7)
		*thousandths = (bytes[3] << 8 | bytes[4]) * 1000L /
		    settings->emissivity_scale;
	return whole; /* an exception: it has none, and that is 0 */
}

int
take_modbus(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	int whole = answer(settings, settings->function, bytes, n);
	int32_t value;

	if (whole != 7) /* an exception: it answers, but has no value */
		return whole;
	value = bytes[3] << 8 | bytes[4];
	if (value >= 0x8000)
		value -= 0x10000;
	return object(sample, (int32_t)(value * 1000L / settings->scale), 7);
}
