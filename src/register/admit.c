/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * admit - may this list be taken? By a known key that was not withdrawn, for
 * this post, newer than what is here but not out of reach, of this time,
 * with its companions, and onto what it adds to.
 */
#include "intake.h"

#include <dirent.h>
#include <string.h>
#include <sys/statvfs.h>

#define JUMP_MAX 100000          /* versions at once: no further */
#define FIRST_MAX 1000000000
#define AHEAD_S 86400            /* of our clock, no more */
#define SPARE_BYTES (64u << 20)  /* that stay free on the disk */

/* ---- who may publish ----------------------------------------------------- */

/* Enrolment puts all that a hub hands out into one folder; there the name
 * says what it is for. */
static const struct {
	const char *dir, *begins;
} places[] = { { "keys/publishers", "" }, { "keys", "lists" } };

static size_t
load_from(const char *dir_path, const char *begins,
    struct public_key keys[KEYS_MAX], size_t count)
{
	char path[PATH_MAX + 256];
	struct dirent *entry;
	struct err err = { 0 };
	DIR *dir = opendir(dir_path);

	while (dir != NULL && count < KEYS_MAX &&
	    (entry = readdir(dir)) != NULL) {
		size_t n = strlen(entry->d_name);

		if (n < 5 || strcmp(entry->d_name + n - 4, ".pub") != 0 ||
		    strncmp(entry->d_name, begins, strlen(begins)) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir_path, entry->d_name);
		if (hash_public_load(path, &keys[count], &err) == 0)
			count++;
		else
			log_line(0, LOG_LEVEL_WARN, "%s", err.text);
	}
	if (dir != NULL)
		closedir(dir);
	return count;
}

size_t
admit_load_keys(const char *state_dir, struct public_key keys[KEYS_MAX])
{
	char dir_path[PATH_MAX];
	size_t count = 0;

	for (size_t i = 0; i < nitems(places); i++) {
		snprintf(dir_path, sizeof(dir_path), "%s/%s", state_dir,
		    places[i].dir);
		count = load_from(dir_path, places[i].begins, keys, count);
	}
	return count;
}

bool
register_has_publisher(const char *state_dir)
{
	struct public_key keys[KEYS_MAX];

	return admit_load_keys(state_dir, keys) > 0;
}

int
admit_signed(const struct public_key *keys, size_t count,
    const struct manifest *m, const char *bytes, struct err *err)
{
	size_t i = 0;

	while (i < count && strcmp(keys[i].id, m->key) != 0)
		i++;
	if (count == 0)
		return err_set(err, ERR_SETUP, _("this post knows no publisher: "
		    "put the key of its hub into keys/publishers"));
	if (i == count)
		return err_set(err, ERR_INPUT,
		    _("published by somebody this post does not know"));
	if (!hash_signed(&keys[i], bytes, m->signed_len, m->signature))
		return err_set(err, ERR_INPUT,
		    _("the signature of the list does not hold"));
	return 0;
}

static int
check_signer(const struct register_intake *in, const struct manifest *m,
    const char *bytes, struct err *err)
{
	if (admit_signed(in->keys, in->nkeys, m, bytes, err) < 0)
		return -1;
	for (size_t j = 0; j < in->state.nfloors; j++)
		if (strcmp(in->state.floors[j].word, m->key) == 0 &&
		    m->version < in->state.floors[j].version)
			return err_set(err, ERR_INPUT, _("signed with a key "
			    "that was withdrawn"));
	return 0;
}

/* A floor is kept for ever: one that finds no room would be a withdrawn key
 * that is believed again. */
static int
check_floors(const struct register_intake *in, const struct manifest *m,
    struct err *err)
{
	size_t count = in->state.nfloors;

	for (size_t i = 0; i < m->nfloors; i++) {
		size_t j = 0;

		while (j < in->state.nfloors && strcmp(
		    in->state.floors[j].word, m->floors[i].word) != 0)
			j++;
		count += j == in->state.nfloors;
	}
	if (count > MANIFEST_MARKS_MAX)
		return err_set(err, ERR_INPUT, _("%s withdraws more keys than "
		    "a post can remember (%d)"), m->list, MANIFEST_MARKS_MAX);
	return 0;
}

/* ---- is it for us, and is it news ---------------------------------------- */

static bool
for_us(const struct register_intake *in, const char *audience)
{
	const struct {
		const char *kind, *name;
	} ours[] = { { "station=", in->setup.station },
	    { "unit=", in->setup.unit }, { "province=", in->setup.province } };

	if (strcmp(audience, "all") == 0)
		return true;
	for (size_t i = 0; i < nitems(ours); i++) {
		size_t n = strlen(ours[i].kind);

		if (strncmp(audience, ours[i].kind, n) == 0)
			return ours[i].name != NULL &&
			    strcmp(audience + n, ours[i].name) == 0;
	}
	return false;
}

static int
check_times(const struct register_intake *in, const struct manifest *m,
    struct err *err)
{
	int64_t now = in->setup.now;

	if (m->version > (in->state.high > 0 ? in->state.high + JUMP_MAX :
	    FIRST_MAX))
		return err_set(err, ERR_INPUT, _("the list leaps too far ahead"));
	if (now > 0 && m->published > now + AHEAD_S)
		return err_set(err, ERR_INPUT,
		    _("the list is of a time to come: check the clock"));
	if (now > 0 && m->expires <= now)
		return err_set(err, ERR_INPUT, _("the list has expired"));
	return 0;
}

/* Lists that were published together are in force together. */
static int
check_company(struct register_intake *in, const struct manifest *m,
    struct err *err)
{
	for (size_t i = 0; i < m->nwith; i++) {
		const struct shelf_stream *other = shelf_stream_find(
		    &in->state, m->with[i].word, m->audience);

		if (strcmp(m->with[i].word, m->list) != 0 && (other == NULL ||
		    other->chain[other->count - 1] < m->with[i].version))
			return err_set(err, ERR_INPUT, _("%s belongs with a "
			    "newer %s than this post has"), m->list,
			    m->with[i].word);
	}
	return 0;
}

int
admit_kept(const struct shelf_stream *stream, const struct manifest *m)
{
	if (m->from == 0)
		return 0;
	for (size_t i = 0; stream != NULL && i < stream->count; i++)
		if (stream->chain[i] == m->from)
			return i + 1 < SHELF_CHAIN_MAX ? (int)i + 1 : -1;
	return -1;
}

static int
check_place(struct register_intake *in, const struct manifest *m,
    const struct shelf_stream *stream, struct err *err)
{
	struct manifest last;
	int64_t published;
	struct statvfs disk;

	if (admit_kept(stream, m) < 0) {
		in->state.since = 0; /* all of it again */
		shelf_state_save(in->dir, &in->state, NULL);
		return err_set(err, ERR_INPUT, _("%s adds to a version that is "
		    "not here: all of it is fetched anew"), m->list);
	}
	if (stream == NULL && in->state.nstreams == SHELF_STREAMS_MAX)
		return err_set(err, ERR_INPUT, _("too many lists"));
	if (stream != NULL && shelf_manifest(in->dir,
	    stream->chain[stream->count - 1], &last, err) == 0) {
		published = last.published;
		manifest_free(&last);
		if (m->published < published)
			return err_set(err, ERR_INPUT,
			    _("the list is older than the one in force"));
	}
	if (statvfs(in->dir, &disk) == 0 && (uint64_t)disk.f_bavail *
	    disk.f_frsize < (uint64_t)m->bytes + SPARE_BYTES)
		return err_set(err, ERR_RETRY,
		    _("no room on the disk for %s"), m->list);
	return 0;
}

static int
note_skipped(struct register_intake *in, int64_t no, size_t pieces,
    struct err *err)
{
	in->skip = pieces;
	if (no == 0)
		return 0;
	in->skip = 0;
	in->state.since = no + (int64_t)pieces;
	return shelf_state_save(in->dir, &in->state, err);
}

int
admit_judge(struct register_intake *in, int64_t no, const char *bytes,
    const struct manifest *m, struct err *err)
{
	const struct shelf_stream *stream;
	bool known = manifest_list(m->list) != NULL ||
	    register_is_archive(m->list);

	if (check_signer(in, m, bytes, err) < 0)
		return -1;
	stream = shelf_stream_find(&in->state, m->list, m->audience);
	if (!known || !for_us(in, m->audience))
		return note_skipped(in, no, m->nchunks, err) < 0 ? -1 :
		    REGISTER_PIECE_FOREIGN;
	if (stream != NULL && m->version <= stream->chain[stream->count - 1])
		return note_skipped(in, no, m->nchunks, err) < 0 ? -1 :
		    REGISTER_PIECE_OLD;
	if (check_times(in, m, err) < 0 || check_floors(in, m, err) < 0 ||
	    check_company(in, m, err) < 0 ||
	    check_place(in, m, stream, err) < 0)
		return -1;
	return REGISTER_PIECE_MORE;
}
