/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_machine - the steps that change the machine itself: the keys' layout
 * and the wireless network. They write what Debian's own tools read and run
 * those tools; without the rights to it, they say so.
 */
#include "setup.h"
#include "setup_talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "machine.h"

#define TOOL_WAIT_MS 60000
#define NETWORK_WAIT_S 30
#define SSID_MAX 32
#define WIFI_FILE "/etc/network/interfaces.d/chot-wifi"
#define MANAGED_FILE "/etc/NetworkManager/system-connections/chot-wifi.nmconnection"

const char *
setup_root(void)
{
	const char *root = getenv("CHOT_MACHINE");

	return root != NULL ? root : "";
}

/* ---- tools of the machine ----------------------------------------------------------------- */

static bool
tool_path(char path[CONF_PATH_MAX], const char *tool)
{
	snprintf(path, CONF_PATH_MAX, "%s%s", setup_root(), tool);
	return access(path, X_OK) == 0;
}

static bool
ended(void *arg, const char *line)
{
	return sscanf(line, "errand %d", (int *)arg) == 1;
}

/* By chot errand: no shell, nothing of our environment. True: it succeeded. */
static bool
run_tool(const char *tool, const char *word, const char *second,
    const char *third)
{
	char path[CONF_PATH_MAX], words[200];
	int status = -1;
	char *const argv[] = { (char *)command_self(), (char *)"errand", path,
		(char *)word, (char *)second, (char *)third, NULL };
	struct talk talk = { .argv = argv, .wait_ms = TOOL_WAIT_MS,
		.heard = ended, .arg = &status };

	return tool_path(path, tool) && talk_run(&talk, words) == 1 &&
	    status == 0;
}

static bool
put_file(const char *name, const char *text, unsigned mode)
{
	char path[CONF_PATH_MAX], dir[CONF_PATH_MAX];
	struct err err = { 0 };

	snprintf(path, sizeof(path), "%s%s", setup_root(), name);
	snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(path, '/') - path),
	    path);
	if (dir_make(dir, 0755, &err) == 0 &&
	    file_write(path, text, strlen(text), mode, true, &err) == 0)
		return true;
	printf("%s\n", err.text);
	return false;
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* Where layouts differ, and what stands between the fields of a card. */
static const char keys_line[] = "qwerty az m 123 |@-_:;/?";

static bool
set_layout(const char *layout)
{
	char text[256];

	if (strlen(layout) < 2 || strlen(layout) > 8 ||
	    layout[strspn(layout, "abcdefghijklmnopqrstuvwxyz")] != '\0') {
		printf("%s\n", _("A layout is two letters or a few more: us, "
		    "de, fr."));
		return false;
	}
	snprintf(text, sizeof(text), "# Written by chot setup.\n"
	    "XKBMODEL=\"pc105\"\nXKBLAYOUT=\"%s\"\nXKBVARIANT=\"\"\n"
	    "XKBOPTIONS=\"\"\nBACKSPACE=\"guess\"\n", layout);
	if (!put_file("/etc/default/keyboard", text, 0644))
		return false;
	if (!run_tool("/usr/bin/setupcon", "-k", "--force", NULL)) {
		printf("%s\n", _("The layout counts from the next start: "
		    "setupcon did not take it now."));
		return false;
	}
	/* A fresh keymap has the ways out again that a kiosk took from it. */
	if (access("/etc/systemd/system/chot-kiosk-keymap.service", F_OK) == 0)
		run_tool("/usr/libexec/chot/kiosk-keymap", NULL, NULL, NULL);
	return true;
}

bool
setup_keymap(struct setup *s)
{
	char clean[SETUP_ANSWER_MAX];

	if (getenv("SSH_CONNECTION") != NULL)
		printf("%s\n", _("The keyboard of the post itself is meant, "
		    "not this one."));
	for (;;) {
		printf("%s\n  %s\n", _("Type this line:"),
		    keys_line);
		if (strcmp(setup_ask(s, _("The same"), ""), keys_line) == 0)
			return true;
		text_clean(s->answer, strlen(s->answer), clean, sizeof(clean));
		if (s->ended)
			return false;
		printf("%s\n  %s\n", _("This came:"), clean);
		setup_ask(s, _("Layout of the keyboard, such as us, de, fr "
		    "(Enter: as it is)"), "");
		if (s->answer[0] == '\0' || !set_layout(s->answer))
			return false;
	}
}

/* ---- network -------------------------------------------------------------------------------------- */

static bool
look(struct setup *s, struct machine *machine)
{
	machine_read(setup_root(), s->conf.state, machine);
	return machine->network == NETWORK_UP ||
	    machine->network == NETWORK_LOCAL;
}

static const char *
radio_of(const struct machine *machine)
{
	for (size_t i = 0; i < machine->nlinks; i++)
		if (strncmp(machine->links[i].name, "wl", 2) == 0)
			return machine->links[i].name;
	return NULL;
}

/* What ends a line or a word in one of the two files. */
static bool
is_plain(const char *text)
{
	for (const unsigned char *c = (const void *)text; *c != '\0'; c++)
		if (*c < ' ' || *c == 127 || strchr("\"\\;", *c) != NULL)
			return false;
	return text[0] != ' ' && text[strlen(text) - 1] != ' ';
}

static bool
take_key(void *arg, const char *line)
{
	return sscanf(line, " psk=%64[0-9a-f]", (char *)arg) == 1 &&
	    strlen(arg) == 64;
}

/* The password itself is kept nowhere; only what the network's name makes of
 * it, which opens no other network. */
static bool
make_key(char *ssid, const char *password, char key[65])
{
	char path[CONF_PATH_MAX], words[200];
	char *const argv[] = { path, ssid, NULL };
	struct talk talk = { .argv = argv, .input = password,
		.wait_ms = TOOL_WAIT_MS, .heard = take_key, .arg = key };

	key[0] = '\0';
	if (!tool_path(path, "/usr/bin/wpa_passphrase")) {
		printf("%s\n", _("wpa_passphrase is missing: apt install "
		    "wpasupplicant."));
		return false;
	}
	return talk_run(&talk, words) == 1;
}

static bool
join_managed(const char *ssid, const char *key, const char *link)
{
	char text[512];

	snprintf(text, sizeof(text), "[connection]\nid=chot-wifi\ntype=wifi\n"
	    "interface-name=%s\n[wifi]\nssid=%s\n%s%s%s"
	    "[ipv4]\nmethod=auto\n[ipv6]\nmethod=auto\n", link, ssid,
	    key[0] != '\0' ? "[wifi-security]\nkey-mgmt=wpa-psk\npsk=" : "",
	    key, key[0] != '\0' ? "\n" : "");
	return put_file(MANAGED_FILE, text, 0600) &&
	    run_tool("/usr/bin/nmcli", "connection", "reload", NULL) &&
	    run_tool("/usr/bin/nmcli", "connection", "up", "chot-wifi");
}

static bool
join_plain(const char *ssid, const char *key, const char *link)
{
	char text[512];

	snprintf(text, sizeof(text), "# Written by chot setup.\n"
	    "allow-hotplug %s\niface %s inet dhcp\n\twpa-ssid %s\n\t%s%s\n",
	    link, link, ssid, key[0] != '\0' ? "wpa-psk " :
	    "wpa-key-mgmt NONE", key);
	if (!put_file(WIFI_FILE, text, 0600))
		return false;
	run_tool("/usr/sbin/ifdown", link, NULL, NULL); /* if it was up */
	return run_tool("/usr/sbin/ifup", link, NULL, NULL);
}

static bool
join(char *ssid, const char *password, const char *link)
{
	char key[65] = "", path[CONF_PATH_MAX];
	bool joined;

	if (password[0] != '\0' && !make_key(ssid, password, key))
		return false;
	joined = tool_path(path, "/usr/bin/nmcli") ?
	    join_managed(ssid, key, link) : join_plain(ssid, key, link);
	explicit_bzero(key, sizeof(key));
	return joined;
}

static bool
ask_wifi(struct setup *s, const char *link)
{
	char ssid[SSID_MAX + 1], question[96];
	size_t n;
	bool joined;

	snprintf(question, sizeof(question),
	    _("Wireless network for %s (Enter: none)"), link);
	setup_ask(s, question, "");
	if (s->answer[0] == '\0')
		return false;
	if (strlen(s->answer) > SSID_MAX || !is_plain(s->answer)) {
		printf("%s\n", _("Such a name has to be written by hand, in "
		    "/etc/network/interfaces."));
		return false;
	}
	snprintf(ssid, sizeof(ssid), "%s", s->answer);
	setup_ask(s, _("Its password (Enter: it has none)"), "");
	n = strlen(s->answer);
	if (n != 0 && (n < 8 || n > 63)) {
		printf("%s\n", _("A password has 8 to 63 letters."));
		return false;
	}
	joined = join(ssid, s->answer, link);
	explicit_bzero(s->answer, sizeof(s->answer));
	if (!joined)
		printf("%s\n", _("It was not joined: is the name right, and "
		    "the password?"));
	return joined;
}

static void
tell(const struct machine *machine)
{
	struct machine_alarm alarms[MACHINE_ALARMS_MAX];
	size_t n = machine_alarms(machine, true, alarms);

	for (size_t i = 0; i < n; i++)
		printf("%s. %s\n", alarms[i].text, alarms[i].advice);
	printf("%s: %s %s\n", _("Network"),
	    machine_network_text(machine->network), machine->link);
}

bool
setup_network(struct setup *s)
{
	struct machine machine;
	bool up = look(s, &machine);
	const char *link = radio_of(&machine);

	if (!up && link != NULL && ask_wifi(s, link))
		for (int i = 0; i < NETWORK_WAIT_S && !up; i++) {
			sleep(1);
			up = look(s, &machine);
		}
	tell(&machine);
	return up;
}
