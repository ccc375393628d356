/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The makers' own frames are understood; damaged ones are not, and the frame
 * after a damaged one is found. */
#include "test.h"

#include "../../src/reader/parts.h"

struct got {
	int count;
	struct sample last;
};

static void
keep(void *arg, const struct sample *sample)
{
	struct got *got = arg;

	got->count++;
	got->last = *sample;
}

static void
settle(const char *text, struct settings *settings)
{
	struct device device;
	struct err err = { .text = "" };

	if (device_parse(text, &device, &err) < 0 ||
	    settings_fill(ROLE_THERMOMETER, &device, settings, &err) < 0)
		fail_msg("%s: %s", text, err.text);
}

static const struct {
	const char *device, *hex;
	bool has_object, has_ambient, has_body;
	int32_t object_mc, ambient_mc, body_mc;
} vectors[] = {
	{ "serial:x,protocol=gy-mcu90614", "5A5A45040C780D19A7", true, true, false, 31920, 33530, 0 },
	{ "serial:x,protocol=gy-mcu90614", "5A5A45040E440AFA53", true, true, false, 36520, 28100, 0 },
	{ "serial:x,protocol=gy-mcu90615", "5A5A4504FE0CFF9C A2", true, true, false, -5000, -1000, 0 },
	{ "serial:x,protocol=cjmcu-90614", "666601040E440AFA27", true, true, false, 36520, 28100, 0 },
	{ "serial:x,protocol=cjmcu-90614", "666602040E440AFA56", true, true, false, 36520, 28100, 0 },
	{ "serial:x,protocol=gy-614v", "A4030707 62 0E08 0AFA 0E44 83", true, true, true, 35920, 28100, 36520 },
	{ "serial:x,protocol=gy-614v,address=1", "01030707 62 0E08 0AFA 0E44 E0", true, true, true, 35920, 28100, 36520 },
	{ "serial:x,protocol=gd60914", "2B303030333635", false, false, true, 0, 0, 36500 },
	{ "serial:x,protocol=gd60914,mode=object", "2D303030303035", true, false, false, -500, 0, 0 },
	{ "serial:x,protocol=rqvk002", "5A00170500A5", true, true, false, 36500, 27300, 0 },
	{ "serial:x,protocol=rqvk002", "5A00F6FB00A5", true, true, false, 35500, 24000, 0 },
	{ "serial:x,protocol=haiman", "A555 440E 0000FB", true, false, false, 36520, 0, 0 },
	{ "serial:x,protocol=htpa", "A5050000 0119 016E 0113 016D", true, true, false, 36500, 28100, 0 },
	{ "serial:x,protocol=tn9", "4C142A8A0D", true, false, false, 49475, 0, 0 },
	{ "serial:x,protocol=tn9", "66 12C33B0D", false, true, false, 0, 27037, 0 },
	{ "serial:x,protocol=tn9", "4C135AB90D", true, false, false, 36475, 0, 0 },
	{ "serial:x,protocol=optris", "0555", true, false, false, 36500, 0, 0 },
	{ "serial:x,protocol=modbus", "01040201717884", true, false, false, 36900, 0, 0 },
};

/* Hexadecimal with spaces. */
static size_t
bytes_of(const char *hex, unsigned char *out)
{
	char plain[256];
	size_t n = 0;
	ssize_t len;

	for (; *hex != '\0'; hex++)
		if (*hex != ' ')
			plain[n++] = *hex;
	len = hex_parse(plain, n, out, 128);
	assert_true(len > 0);
	return (size_t)len;
}

static void
test_makers_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(vectors); i++) {
		unsigned char bytes[128];
		size_t n = bytes_of(vectors[i].hex, bytes);
		struct settings settings;

		settle(vectors[i].device, &settings);
		for (size_t piece = 1; piece <= n; piece++) {
			struct packet packet;
			struct got got = { 0 };

			packet_init(&packet, &settings);
			for (size_t at = 0; at < n; at += piece)
				packet_push(&packet, bytes + at,
				    at + piece > n ? n - at : piece, 0, keep,
				    &got);
			if (got.count != 1)
				fail_msg("%s: %d", vectors[i].hex, got.count);
			assert_int_equal(got.last.has_object,
			    vectors[i].has_object);
			assert_int_equal(got.last.has_ambient,
			    vectors[i].has_ambient);
			assert_int_equal(got.last.has_body,
			    vectors[i].has_body);
			if (vectors[i].has_object)
				assert_int_equal(got.last.object_mc,
				    vectors[i].object_mc);
			if (vectors[i].has_ambient)
				assert_int_equal(got.last.ambient_mc,
				    vectors[i].ambient_mc);
			if (vectors[i].has_body)
				assert_int_equal(got.last.body_mc,
				    vectors[i].body_mc);
			assert_int_equal(packet.damaged, 0);
		}
	}
}

/* Every bit of a summed frame turned: never a value, and the next is found. */
static void
test_damaged_frames_give_no_value(void **state)
{
	static const char *const devices[][2] = {
		{ "serial:x,protocol=gy-mcu90614", "5A5A45040E440AFA53" },
		{ "serial:x,protocol=cjmcu-90614", "666601040E440AFA27" },
		{ "serial:x,protocol=gy-614v", "A4030707620E080AFA0E4483" },
		{ "serial:x,protocol=tn9", "4C135AB90D" },
		{ "serial:x,protocol=modbus", "01040201717884" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(devices); i++) {
		unsigned char good[128], bad[128];
		size_t n = bytes_of(devices[i][1], good);
		struct settings settings;

		settle(devices[i][0], &settings);
		for (size_t bit = 0; bit < n * 8; bit++) {
			struct packet packet;
			struct got got = { 0 };

			memcpy(bad, good, n);
			bad[bit / 8] ^= (unsigned char)(1 << bit % 8);
			packet_init(&packet, &settings);
			packet_push(&packet, bad, n, 0, keep, &got);
			/* MODE of cjmcu may be 1 or 2, but then the sum. */
			assert_int_equal(got.count, 0);
			packet_push(&packet, good, n, 1, keep, &got);
			packet_push(&packet, good, n, 2, keep, &got);
			assert_true(got.count == 2 || got.count == 1);
		}
	}
}

static void
test_cut_frame_does_not_spoil_the_next(void **state)
{
	unsigned char good[128];
	size_t n = bytes_of("5A5A45040E440AFA53", good);
	struct settings settings;

	(void)state;
	settle("serial:x,protocol=gy-mcu90614", &settings);
	for (size_t cut = 1; cut < n; cut++) {
		struct packet packet;
		struct got got = { 0 };

		packet_init(&packet, &settings);
		packet_push(&packet, good, cut, 0, keep, &got);
		packet_push(&packet, good, n, 10, keep, &got);
		packet_push(&packet, good, n, 80, keep, &got);
		assert_int_equal(got.count, 2);
		/* After a pause what was cut is gone. */
		packet_push(&packet, good, cut, 100, keep, &got);
		packet_push(&packet, good, n, 1000, keep, &got);
		assert_int_equal(got.count, 3);
		assert_int_equal(got.last.object_mc, 36520);
	}
}

static void
test_noise_is_counted(void **state)
{
	unsigned char noise[4096];
	struct settings settings;
	struct packet packet;
	struct got got = { 0 };
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++) {
		seed = seed * 1664525u + 1013904223u;
		noise[i] = (unsigned char)(seed >> 24);
	}
	settle("serial:x,protocol=gy-mcu90614", &settings);
	packet_init(&packet, &settings);
	packet_push(&packet, noise, sizeof(noise), 0, keep, &got);
	assert_int_equal(got.count, 0);
	assert_true(packet.noise > 4000);
	packet_push(&packet, (const void *)
	    "\x5a\x5a\x45\x04\x0e\x44\x0a\xfa\x53", 9, 5, keep, &got);
	assert_int_equal(got.count, 1);
	assert_int_equal(packet.noise, 0);
}

/* The warmest pixel of the region, not of the picture. */
static void
test_region_of_pixels(void **state)
{
	unsigned char frame[1544] = { 0x5a, 0x5a, 0x02, 0x06 };
	struct settings settings;
	struct packet packet;
	struct got got = { 0 };

	(void)state;
	for (size_t i = 0; i < 768; i++) {
		int value = i == 0 ? 4200 : i == 5 * 32 + 7 ? 3650 : 2500;

		frame[4 + 2 * i] = (unsigned char)value;
		frame[5 + 2 * i] = (unsigned char)(value >> 8);
	}
	settle("serial:x,protocol=gy-mcu90640,region=4:4:8:8", &settings);
	packet_init(&packet, &settings);
	packet_push(&packet, frame, sizeof(frame), 0, keep, &got);
	assert_int_equal(got.last.object_mc, 36500);
	settle("serial:x,protocol=gy-mcu90640", &settings);
	packet_push(&packet, frame, sizeof(frame), 1, keep, &got);
	assert_int_equal(got.last.object_mc, 42000);
	/* Beyond the picture is cut to it. */
	settle("serial:x,protocol=gy-mcu90640,region=31:23:60:60", &settings);
	packet_push(&packet, frame, sizeof(frame), 2, keep, &got);
	assert_int_equal(got.last.object_mc, 25000);
	assert_int_equal(got.count, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_makers_frames),
		cmocka_unit_test(test_damaged_frames_give_no_value),
		cmocka_unit_test(test_cut_frame_does_not_spoil_the_next),
		cmocka_unit_test(test_noise_is_counted),
		cmocka_unit_test(test_region_of_pixels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
