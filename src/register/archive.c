/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * archive - some files in one: messages, rule packs, trust keys; and where
 * those go that others read: the pack to STATE/policy.hub.conf, the keys to
 * STATE/trust/hub.NAME.
 */
#include "published.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    register_message_fn fn, void *arg, struct err *err)
{
	struct reading r = { .fn = fn, .arg = arg,
		.audience = stream->audience };
	char path[PATH_MAX];
	struct manifest m;
	char *bytes;
	size_t n;
	int64_t count;

	if (shelf_manifest(dir, stream->chain[0], &m, err) < 0)
		return -1;
	r.published = m.published;
	manifest_free(&m);
	snprintf(path, sizeof(path), "%s/%lld.data", dir,
	    (long long)stream->chain[0]);
	bytes = file_read(path, ARCHIVE_BYTES_MAX, &n, err);
	if (bytes == NULL)
		return -1;
	count = archive_each((unsigned char *)bytes, n, on_message, &r, err);
	free(bytes);
	return count < 0 ? -1 : 0;
}

int
register_messages(const char *state_dir, register_message_fn fn, void *arg,
    struct err *err)
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
		ret = 0; /* no lists, no messages */
	for (size_t i = 0; ret == 0 && i < state->nstreams; i++)
		if (strcmp(state->streams[i].list, "messages") == 0)
			ret = read_stream(dir, &state->streams[i], fn, arg,
			    err);
	free(state);
	return ret;
}

/* ---- placing ---------------------------------------------------------------------------- */

/* What is there already is left alone: others look at its time. */
static int
place(const char *path, const unsigned char *bytes, size_t n, struct err *err)
{
	size_t len = 0;
	char *old = file_read(path, ARCHIVE_BYTES_MAX, &len, NULL);
	bool same = old != NULL && len == n && memcmp(old, bytes, n) == 0;

	free(old);
	return same ? 0 : file_write(path, bytes, n, 0644, true, err);
}

static int
place_pack(void *arg, const char *name, const unsigned char *bytes, size_t n,
    struct err *err)
{
	char path[PATH_MAX];

	if (strcmp(name, "policy.conf") != 0)
		return 0;
	snprintf(path, sizeof(path), "%s/policy.hub.conf", (const char *)arg);
	return place(path, bytes, n, err);
}

static int
place_key(void *arg, const char *name, const unsigned char *bytes, size_t n,
    struct err *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/trust/hub.%s", (const char *)arg,
	    name);
	return place(path, bytes, n, err);
}

struct presence {
	const char *name;
	bool there;
};

static int
is_name(void *arg, const char *name, const unsigned char *bytes, size_t n,
    struct err *err)
{
	struct presence *presence = arg;

	(void)bytes;
	(void)n;
	(void)err;
	presence->there |= strcmp(name, presence->name) == 0;
	return 0;
}

/* Keys that the hub withdrew; what others put there stays. */
static void
drop_keys(const char *state, const unsigned char *bytes, size_t n)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/trust", state);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct presence presence = { .name = entry->d_name + 4 };

		if (strncmp(entry->d_name, "hub.", 4) != 0 ||
		    archive_each(bytes, n, is_name, &presence, NULL) < 0 ||
		    presence.there)
			continue;
		snprintf(path, sizeof(path), "%s/trust/%s", state,
		    entry->d_name);
		unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
}

int
archive_place(const char *state, const char *list, const unsigned char *bytes,
    size_t n, struct err *err)
{
	char path[PATH_MAX];

	if (strcmp(list, "packs") == 0)
		return archive_each(bytes, n, place_pack, (void *)state,
		    err) < 0 ? -1 : 0;
	if (strcmp(list, "trust") != 0)
		return 0;
	snprintf(path, sizeof(path), "%s/trust", state);
	if (dir_make(path, 0755, err) < 0 ||
	    archive_each(bytes, n, place_key, (void *)state, err) < 0)
		return -1;
	drop_keys(state, bytes, n);
	return 0;
}
