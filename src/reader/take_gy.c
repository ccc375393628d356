/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Thermometers that send frames with a header and a sum by themselves.
 */
#include "packets.h"

#include <string.h>

static int32_t
be16_signed(const unsigned char *p)
{
	int32_t value = p[0] << 8 | p[1];

	return value >= 0x8000 ? value - 0x10000 : value;
}

static unsigned char
sum_of(const unsigned char *bytes, size_t n)
{
	unsigned char sum = 0;

	while (n-- > 0)
		sum = (unsigned char)(sum + *bytes++);
	return sum;
}

/* How a header that may still be arriving compares: TAKE_NOISE when it
 * differs, TAKE_MORE while fewer than whole bytes are there, else 1. */
static int
begins(const unsigned char *bytes, size_t n, const void *header, size_t len,
    size_t whole)
{
	if (memcmp(bytes, header, n < len ? n : len) != 0)
		return TAKE_NOISE;
	return n < whole ? TAKE_MORE : 1;
}

/* Hundredths of a degree to thousandths. */
static void
set_both(struct sample *sample, int32_t object, int32_t ambient)
{
	sample->object_mc = object * 10;
	sample->ambient_mc = ambient * 10;
	sample->has_object = sample->has_ambient = true;
}

int
take_gy_mcu(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	int begun = begins(bytes, n, "\x5a\x5a\x45\x04", 4, 9);

	(void)settings;
	if (begun != 1)
		return begun;
	if (sum_of(bytes, 8) != bytes[8])
		return TAKE_DAMAGED;
	set_both(sample, be16_signed(bytes + 4), be16_signed(bytes + 6));
	/* A bus address (01 to 15) may follow; it is skipped as no header. */
	return 9;
}

int
take_cjmcu(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	int begun = begins(bytes, n, "\x66\x66", 2, 9);

	(void)settings;
	if (begun == TAKE_NOISE || (n > 2 && bytes[2] != 1 && bytes[2] != 2) ||
	    (n > 3 && bytes[3] != 4))
		return TAKE_NOISE;
	if (begun != 1)
		return begun;
	/* Its papers do not say whether the header counts. */
	if (sum_of(bytes, 8) != bytes[8] && sum_of(bytes + 4, 4) != bytes[8])
		return TAKE_DAMAGED;
	set_both(sample, be16_signed(bytes + 4), be16_signed(bytes + 6));
	return 9;
}

int
take_gy_614v(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	unsigned char header[] = { (unsigned char)settings->address, 3, 7, 7 };
	int begun = begins(bytes, n, header, 4, 12);

	if (begun != 1)
		return begun;
	if (sum_of(bytes, 11) != bytes[11])
		return TAKE_DAMAGED;
	sample->emissivity = bytes[4] * 10;
	set_both(sample, be16_signed(bytes + 5), be16_signed(bytes + 7));
	sample->body_mc = be16_signed(bytes + 9) * 10;
	sample->has_body = true;
	return 12;
}

/* Object and ambient come in frames of their own. */
int
take_tn9(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	int32_t mc;

	(void)settings;
	if (bytes[0] != 0x4c && bytes[0] != 0x66)
		return TAKE_NOISE;
	if (n < 5)
		return TAKE_MORE;
	if (bytes[4] != 0x0d)
		return TAKE_NOISE;
	if (sum_of(bytes, 3) != bytes[3])
		return TAKE_DAMAGED;
	mc = (bytes[1] << 8 | bytes[2]) * 1000 / 16 - 273150;
	if (bytes[0] == 0x4c) {
		sample->object_mc = mc;
		sample->has_object = true;
	} else {
		sample->ambient_mc = mc;
		sample->has_ambient = true;
	}
	return 5;
}

/* No checksum: two fixed bytes, and x at 1 and 4 is not known to be any. */
int
take_rqvk002(const struct settings *settings, const unsigned char *bytes,
    size_t n, struct sample *sample)
{
	(void)settings;
	if (bytes[0] != 0x5a)
		return TAKE_NOISE;
	if (n < 6)
		return TAKE_MORE;
	if (bytes[5] != 0xa5)
		return TAKE_NOISE;
	set_both(sample, 3600 + (int8_t)bytes[3] * 10,
	    2500 + (int8_t)bytes[2] * 10);
	return 6;
}
