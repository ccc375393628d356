/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keyring - the unwrapped register key while an officer works: in the
 * station's session keyring, where the kernel ends it by itself and a look-up
 * child that was restarted finds it again; else in locked memory here.
 */
#include "parts.h"

#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

bool
register_keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0;
}

static long
find(const char *name)
{
	long serial = syscall(SYS_keyctl, KEYCTL_SEARCH,
	    KEY_SPEC_SESSION_KEYRING, "user", name, 0);

	return serial > 0 ? serial : 0;
}

void
keyring_init(struct keyring *keyring, const char *register_path)
{
	size_t n = strlen(register_path);

	*keyring = (struct keyring){ .serial = 0 };
	/* Two posts of one machine may share what they were started in. */
	snprintf(keyring->name, sizeof(keyring->name), "chot:%s",
	    register_path + (n > 64 ? n - 64 : 0));
	keyring->serial = find(keyring->name);
}

void
keyring_put(struct keyring *keyring, const struct register_key *key,
    long seconds, int64_t now_ms)
{
	long serial;

	keyring_drop(keyring);
	serial = syscall(SYS_add_key, "user", keyring->name, key->bytes,
	    sizeof(key->bytes), KEY_SPEC_SESSION_KEYRING);
	if (serial > 0 && syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, serial,
	    seconds) == 0) {
		keyring->serial = serial;
		return;
	}
	if (serial > 0) /* it would stay for ever */
		syscall(SYS_keyctl, KEYCTL_INVALIDATE, serial);
	keyring->held = true;
	keyring->until_ms = now_ms + seconds * 1000;
	hash_lock_key(&keyring->key);
	memcpy(keyring->key.bytes, key->bytes, sizeof(key->bytes));
}

bool
keyring_get(struct keyring *keyring, struct register_key *key, int64_t now_ms)
{
	if (keyring->held && now_ms < keyring->until_ms) {
		hash_lock_key(key);
		memcpy(key->bytes, keyring->key.bytes, sizeof(key->bytes));
		return true;
	}
	if (keyring->held)
		keyring_drop(keyring);
	if (keyring->serial == 0)
		return false;
	hash_lock_key(key);
	if (syscall(SYS_keyctl, KEYCTL_READ, keyring->serial, key->bytes,
	    sizeof(key->bytes)) == (long)sizeof(key->bytes))
		return true;
	register_key_wipe(key);
	keyring->serial = 0; /* its time is over */
	return false;
}

void
keyring_drop(struct keyring *keyring)
{
	if (keyring->held)
		register_key_wipe(&keyring->key);
	keyring->held = false;
	if (keyring->serial != 0)
		syscall(SYS_keyctl, KEYCTL_INVALIDATE, keyring->serial);
	keyring->serial = 0;
}
