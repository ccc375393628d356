/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placing - what archives hold, checked, and put where others read it: the
 * pack to STATE/policy.hub.conf, issuers' keys to STATE/trust/hub.NAME,
 * officers to STATE/officers, the register's key under their badges to
 * STATE/keys/hub.badge-MARK.key. Messages and zones are read in their lists.
 *
 * Lists of several audiences are in force side by side: of two files or
 * officers of one name the one that was meant for fewer counts.
 */
#include "published.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- checking ------------------------------------------------------------------ */

struct checking {
	void (*report)(void *arg, const char *line);
	void *arg;
};

static int
check_zones(void *arg, const char *name, const unsigned char *bytes, size_t n,
    struct err *err)
{
	const struct checking *c = arg;

	return zonefile_check(name, bytes, n, c->report, c->arg, err) < 0 ?
	    -1 : 0;
}

static int
check_officers(void *arg, const char *name, const unsigned char *bytes,
    size_t n, struct err *err)
{
	const struct checking *c = arg;
	struct officers *officers = mem_take(sizeof(*officers));
	int ret;

	officers->n = 0;
	ret = officers_read(name, (const char *)bytes, n, officers, c->report,
	    c->arg, err);
	free(officers);
	return ret;
}

static int
check_badge(void *arg, const char *name, const unsigned char *bytes, size_t n,
    struct err *err)
{
	(void)arg;
	return badge_check(name, (const char *)bytes, n, err);
}

/* ---- placing ------------------------------------------------------------------- */

/* What is there already is left alone: others look at its time. */
static int
place(const char *path, const unsigned char *bytes, size_t n, unsigned mode,
    struct err *err)
{
	size_t len = 0;
	char *old = file_read(path, ARCHIVE_BYTES_MAX, &len, NULL);
	bool same = old != NULL && len == n && memcmp(old, bytes, n) == 0;

	free(old);
	return same ? 0 : file_write(path, bytes, n, mode, true, err);
}

struct pack {
	unsigned char *bytes;
	size_t n;
};

static int
take_pack(void *arg, const char *name, const unsigned char *bytes, size_t n,
    struct err *err)
{
	struct pack *pack = arg;

	(void)err;
	if (strcmp(name, "policy.conf") != 0)
		return 0;
	pack->bytes = mem_retake(pack->bytes, n + 1);
	memcpy(pack->bytes, bytes, n);
	pack->n = n;
	return 0;
}

static int
place_packs(const char *state, struct err *err)
{
	struct pack pack = { .bytes = NULL };
	char path[PATH_MAX];
	int ret = archive_files(state, "packs", take_pack, &pack, err);

	snprintf(path, sizeof(path), "%s/policy.hub.conf", state);
	if (ret == 0 && pack.bytes != NULL)
		ret = place(path, pack.bytes, pack.n, 0644, err);
	free(pack.bytes);
	return ret;
}

/* ---- officers -------------------------------------------------------------------- */

static int
join_file(void *arg, const char *name, const unsigned char *bytes, size_t n,
    struct err *err)
{
	return officers_read(name, (const char *)bytes, n, arg, NULL, NULL,
	    err);
}

static int
place_officers(const char *state, struct err *err)
{
	struct officers *officers = mem_take(sizeof(*officers));
	char path[PATH_MAX], *text;
	size_t n;
	int ret;

	officers->n = 0;
	snprintf(path, sizeof(path), "%s/officers", state);
	ret = archive_files(state, "officers", join_file, officers, err);
	if (ret == 0 && officers->n > 0) {
		text = officers_print(officers, &n);
		ret = place(path, (unsigned char *)text, n, 0600, err);
		free(text);
	}
	free(officers);
	return ret;
}

/* ---- files that keep their names: hub.NAME ---------------------------------------- */

struct folder {
	const char *list, *dir; /* below the state */
	unsigned dir_mode, mode;
};

static const struct folder folders[] = {
	{ "trust", "trust", 0755, 0644 },
	{ "badges", "keys", 0700, 0600 },
};

struct filing {
	const struct folder *folder;
	const char *state;
	char (*names)[ARCHIVE_NAME_MAX + 1]; /* that were placed */
	size_t n;
};

static int
file_one(void *arg, const char *name, const unsigned char *bytes, size_t n,
    struct err *err)
{
	struct filing *f = arg;
	char path[PATH_MAX];

	f->names = mem_retake(f->names, (f->n + 1) * sizeof(*f->names));
	snprintf(f->names[f->n++], sizeof(*f->names), "%s", name);
	snprintf(path, sizeof(path), "%s/%s/hub.%s", f->state,
	    f->folder->dir, name);
	return place(path, bytes, n, f->folder->mode, err);
}

static bool
was_placed(const struct filing *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->names[i], name) == 0)
			return true;
	return false;
}

/* What the hub withdrew; what others put there stays. */
static void
drop(const struct filing *f)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", f->state, f->folder->dir);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, "hub.", 4) != 0 ||
		    strcmp(entry->d_name, "hub.pub") == 0 ||
		    was_placed(f, entry->d_name + 4))
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", f->state,
		    f->folder->dir, entry->d_name);
		unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
}

static int
place_folder(const char *state, const struct folder *folder, struct err *err)
{
	struct filing f = { .folder = folder, .state = state };
	char path[PATH_MAX];
	int ret;

	snprintf(path, sizeof(path), "%s/%s", state, folder->dir);
	ret = dir_make(path, folder->dir_mode, err);
	if (ret == 0)
		ret = archive_files(state, folder->list, file_one, &f, err);
	if (ret == 0)
		drop(&f);
	free(f.names);
	return ret;
}

static int
place_trust(const char *state, struct err *err)
{
	return place_folder(state, &folders[0], err);
}

static int
place_badges(const char *state, struct err *err)
{
	return place_folder(state, &folders[1], err);
}

/* ---- by name ----------------------------------------------------------------------- */

static const struct {
	const char *list;
	archive_fn check; /* of one file, with struct checking; NULL: any */
	int (*place)(const char *state, struct err *err);
} kinds[] = {
	{ "badges", check_badge, place_badges },
	{ "messages", NULL, NULL },
	{ "officers", check_officers, place_officers },
	{ "packs", NULL, place_packs },
	{ "trust", NULL, place_trust },
	{ "zones", check_zones, NULL },
};

bool
register_is_archive(const char *list)
{
	for (size_t i = 0; i < nitems(kinds); i++)
		if (strcmp(kinds[i].list, list) == 0)
			return true;
	return false;
}

int
placing_check(const char *list, const unsigned char *bytes, size_t n,
    void (*report)(void *arg, const char *line), void *arg, struct err *err)
{
	struct checking checking = { report, arg };

	for (size_t i = 0; i < nitems(kinds); i++)
		if (strcmp(kinds[i].list, list) == 0)
			return archive_each(bytes, n, kinds[i].check,
			    &checking, err) < 0 ? -1 : 0;
	return 0;
}

int
placing_check_file(const char *list, const char *name,
    const unsigned char *bytes, size_t n,
    void (*report)(void *arg, const char *line), void *arg, struct err *err)
{
	struct checking checking = { report, arg };

	for (size_t i = 0; i < nitems(kinds); i++)
		if (strcmp(kinds[i].list, list) == 0 && kinds[i].check != NULL)
			return kinds[i].check(&checking, name, bytes, n, err);
	return 0;
}

int
placing_do(const char *state, const char *list, struct err *err)
{
	for (size_t i = 0; i < nitems(kinds); i++)
		if (strcmp(kinds[i].list, list) == 0 && kinds[i].place != NULL)
			return kinds[i].place(state, err);
	return 0;
}
