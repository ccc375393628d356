/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sound - one neutral tone, or words from WAV files, by a player that is
 * given the file; a terminal's bell where there is no player or it fails.
 *
 * A sound is late or never: one that comes while another plays is left out.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_MS 10000
#define WAV_FILE_MAX (2u << 20)
#define NAME_MAX_LETTERS 24

struct sound {
	struct actuator *actuator;
	struct player player;
	unsigned n; /* of the order that plays; 0: none */
};

static int
ring_at(const char *path)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t done;

	if (fd < 0)
		return -1;
	done = write(fd, "\a", 1);
	close(fd);
	return done == 1 ? 0 : -1;
}

/* Our terminal, else the machine's console. */
static int
ring(void)
{
	return ring_at("/dev/tty") == 0 ? 0 : ring_at("/dev/console");
}

static void
finish(struct sound *sound, unsigned n, bool good, const char *words)
{
	struct actuator *a = sound->actuator;
	const struct sink_out sink = { .say = actuator_say, .arg = a };

	if (good)
		sink_say(&sink, "done %u", n);
	else if (ring() == 0)
		sink_say(&sink, "done %u bell: %s", n, words);
	else
		sink_fault(&sink, n, "%s", words);
	sound->n = 0;
	if (a->last)
		actuator_done(a);
}

static void
on_done(void *arg, bool good, const char *words)
{
	struct sound *sound = arg;

	finish(sound, sound->n, good, words);
}

static void
play(struct sound *sound, unsigned n, const unsigned char *bytes, size_t len)
{
	struct actuator *a = sound->actuator;
	struct err err = { .text = "" };

	if (a->device->transport == TRANSPORT_LP) {
		bool good = ring_at(a->device->path) == 0;

		finish(sound, n, good, good ? "" : strerror(errno));
	} else if (player_start(&sound->player, a->loop, a->device->path,
	    bytes, len, LIMIT_MS, on_done, sound, &err) < 0) {
		finish(sound, n, false, err.text);
	} else {
		sound->n = n;
	}
}

static void
play_tone(struct sound *sound, const struct order *order)
{
	unsigned char tone[WAVE_MAX];

	play(sound, order->n, tone, wave_tone(tone));
}

/* "words N pass": pass.wav; the tone where there is no such file. */
static void
play_words(struct sound *sound, const struct order *order)
{
	const struct actuator *a = sound->actuator;
	const struct sink_out sink = { .say = actuator_say,
		.arg = sound->actuator };
	size_t n = strspn(order->rest, "abcdefghijklmnopqrstuvwxyz-"), len;
	char path[CONF_PATH_MAX + 64], *bytes = NULL;

	if (n == 0 || n > NAME_MAX_LETTERS || order->rest[n] != '\0') {
		sink_fault(&sink, order->n, N_("words are one name of a-z"));
		return;
	}
	if (a->options->sounds != NULL) {
		snprintf(path, sizeof(path), "%.*s/%s.wav", CONF_PATH_MAX,
		    a->options->sounds, order->rest);
		bytes = file_read(path, WAV_FILE_MAX, &len, NULL);
	}
	if (bytes == NULL)
		play_tone(sound, order);
	else
		play(sound, order->n, (const unsigned char *)bytes, len);
	free(bytes);
}

static const struct {
	const char *verb;
	void (*run)(struct sound *sound, const struct order *order);
} verbs[] = {
	{ "tone", play_tone }, { "words", play_words },
};

static void
way_order(struct actuator *a, struct order *order)
{
	const struct sink_out sink = { .say = actuator_say, .arg = a };
	struct sound *sound = a->state;

	if (sound->n != 0) {
		sink_fault(&sink, order->n, N_("busy with %u"), sound->n);
		return;
	}
	for (size_t i = 0; i < nitems(verbs); i++)
		if (strcmp(verbs[i].verb, order->verb) == 0) {
			sink_say(&sink, "ok %u", order->n);
			verbs[i].run(sound, order);
			return;
		}
	sink_fault(&sink, order->n, N_("no such order: %s"), order->verb);
}

static void
way_last(struct actuator *a)
{
	const struct sound *sound = a->state;

	if (sound->n == 0)
		actuator_done(a);
}

int
run_sound(struct actuator *a, struct err *err)
{
	static const struct way way = { way_order, way_last };
	struct sound sound = { .actuator = a };
	int done;

	a->way = &way;
	a->state = &sound;
	actuator_say(a, "status ready");
	actuator_alive(a);
	done = loop_run(a->loop, err);
	player_stop(&sound.player);
	return done;
}
