/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * archive - some files in one: messages, rule packs, trust keys, zones,
 * officers, keys under badges. What is in them is looked at elsewhere
 * (placing.c).
 */
#include "published.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 6 /* of the name 2, of the file 4 */

static size_t
get(const unsigned char *bytes, size_t width)
{
	size_t value = 0;

	for (size_t i = 0; i < width; i++)
		value = value << 8 | bytes[i];
	return value;
}

bool
archive_name_valid(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n <= ARCHIVE_NAME_MAX && name[0] != '.' &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._-") == n;
}

int64_t
archive_each(const unsigned char *bytes, size_t n, archive_fn fn, void *arg,
    struct err *err)
{
	int64_t count = 0;
	size_t at = 0;

	while (at < n) {
		char name[ARCHIVE_NAME_MAX + 1] = "";
		size_t name_len, len;

		if (n - at < HEAD_BYTES)
			break;
		name_len = get(bytes + at, 2);
		len = get(bytes + at + 2, 4);
		at += HEAD_BYTES;
		if (name_len > ARCHIVE_NAME_MAX || name_len > n - at ||
		    len > n - at - name_len || count == ARCHIVE_FILES_MAX)
			break;
		memcpy(name, bytes + at, name_len);
		if (!archive_name_valid(name) || strlen(name) != name_len)
			break;
		at += name_len;
		if (fn != NULL && fn(arg, name, bytes + at, len, err) < 0)
			return -1;
		at += len;
		count++;
	}
	return at == n ? count : err_set(err, ERR_INPUT,
	    _("a published list of another form"));
}

void
archive_put(FILE *out, const char *name, const void *bytes, size_t n)
{
	size_t name_len = strlen(name);
	unsigned char head[HEAD_BYTES] = {
		(unsigned char)(name_len >> 8), (unsigned char)name_len,
		(unsigned char)(n >> 24), (unsigned char)(n >> 16),
		(unsigned char)(n >> 8), (unsigned char)n };

	fwrite(head, 1, sizeof(head), out);
	fwrite(name, 1, name_len, out);
	fwrite(bytes, 1, n, out);
}

/* ---- messages ---------------------------------------------------------------------------- */

struct reading {
	register_message_fn fn;
	void *arg;
	const char *audience;
	int64_t published;
};

static int
on_message(void *arg, const char *name, const unsigned char *bytes, size_t n,
    struct err *err)
{
	static const char urgent[] = "urgent-";
	struct reading *r = arg;
	struct register_message message = { .name = name,
		.audience = r->audience, .published = r->published,
		.text = (const char *)bytes, .len = n,
		.urgent = strncmp(name, urgent, sizeof(urgent) - 1) == 0 };

	(void)err;
	if (!utf8_valid(message.text, n))
		message.len = 0;
	r->fn(r->arg, &message);
	return 0;
}

static int
read_stream(const char *dir, const struct shelf_stream *stream,
    archive_stream_fn fn, void *arg, struct err *err)
{
	char path[PATH_MAX];
	struct manifest m;
	char *bytes;
	size_t n;
	int ret = -1;

	if (shelf_manifest(dir, stream->chain[0], &m, err) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/%lld.data", dir,
	    (long long)stream->chain[0]);
	bytes = file_read(path, ARCHIVE_BYTES_MAX, &n, err);
	if (bytes != NULL)
		ret = fn(arg, &m, (unsigned char *)bytes, n, err);
	free(bytes);
	manifest_free(&m);
	return ret;
}

int
archive_streams(const char *state_dir, const char *list, archive_stream_fn fn,
    void *arg, struct err *err)
{
	struct shelf_state *state = malloc(sizeof(*state));
	struct err local = { 0 };
	char dir[PATH_MAX - 64];
	int ret;

	if (state == NULL)
		mem_none();
	snprintf(dir, sizeof(dir), "%s/lists", state_dir);
	ret = shelf_state_load(dir, state, &local);
	if (ret < 0 && local.kind != ERR_ABSENT)
		err_set(err, local.kind, "%s", local.text);
	else if (ret < 0)
		ret = 0; /* no lists, nothing in them */
	for (size_t i = 0; ret == 0 && i < state->nstreams; i++)
		if (strcmp(state->streams[i].list, list) == 0)
			ret = read_stream(dir, &state->streams[i], fn, arg,
			    err);
	free(state);
	return ret;
}

struct each_file {
	archive_fn fn;
	void *arg;
};

static int
read_files(void *arg, const struct manifest *m, const unsigned char *bytes,
    size_t n, struct err *err)
{
	const struct each_file *each = arg;

	(void)m;
	return archive_each(bytes, n, each->fn, each->arg, err) < 0 ? -1 : 0;
}

int
archive_files(const char *state_dir, const char *list, archive_fn fn,
    void *arg, struct err *err)
{
	struct each_file each = { fn, arg };

	return archive_streams(state_dir, list, read_files, &each, err);
}

static int
note_there(void *arg, const struct manifest *m, const unsigned char *bytes,
    size_t n, struct err *err)
{
	(void)m;
	(void)bytes;
	(void)n;
	(void)err;
	*(bool *)arg = true;
	return 0;
}

bool
register_is_published(const char *state_dir, const char *list)
{
	bool there = false;

	return archive_streams(state_dir, list, note_there, &there,
	    NULL) == 0 && there;
}

static int
read_messages(void *arg, const struct manifest *m, const unsigned char *bytes,
    size_t n, struct err *err)
{
	struct reading *r = arg;

	r->audience = m->audience;
	r->published = m->published;
	return archive_each(bytes, n, on_message, r, err) < 0 ? -1 : 0;
}

int
register_messages(const char *state_dir, register_message_fn fn, void *arg,
    struct err *err)
{
	struct reading r = { .fn = fn, .arg = arg };

	return archive_streams(state_dir, "messages", read_messages, &r, err);
}
