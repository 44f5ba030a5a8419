# signet - see README.md. GNU make; no configure step.
#
#   make [all]            build the tools into build/bin
#   make deps             install what building and testing need (Debian packages, npm)
#   make demo             make a key, seal a real file, open it, compare
#   make check            every test           make check-asan      with AddressSanitizer and UBSan
#   make check-valgrind   under valgrind       make check-ct        constant time, by valgrind
#   make check-sodium SODIUM=PREFIX            with the libsodium installed there, 1.0.22 or later
#   make lint             formats, warnings, rules of the house
#   make bench            speed beside peers   make install         PREFIX and DESTDIR as usual

VERSION = 0.1.0

PREFIX ?= /usr/local
DESTDIR ?=
bindir = $(PREFIX)/bin
libexecdir = $(PREFIX)/libexec/signet
mandir = $(PREFIX)/share/man
bashdir = $(PREFIX)/share/bash-completion/completions
zshdir = $(PREFIX)/share/zsh/site-functions
fishdir = $(PREFIX)/share/fish/vendor_completions.d

CC ?= cc
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
LDFLAGS ?=
BUILD ?= build

# Ours; CFLAGS, CPPFLAGS and LDFLAGS stay the user's.
warnings = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
hardening = -fstack-protector-strong -fstack-clash-protection -fPIE
ifeq ($(SAN),)
fortify = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
else
sanitizers = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
# libsodium has ML-KEM from 1.0.22 on; before that, and for the constant-time check, ours is used.
ifneq ($(OWN_MLKEM),1)
sodium_mlkem = $(shell $(PKG_CONFIG) --exists 'libsodium >= 1.0.22' 2>/dev/null && echo -DSG_HAVE_SODIUM_MLKEM)
endif
# Recipients in hardware need libcrypto's headers now, and its library only when one is used.
libcrypto = $(shell $(PKG_CONFIG) --exists 'libcrypto >= 3' 2>/dev/null && echo -DSG_HAVE_LIBCRYPTO)
# Where libqrencode is missing, pseudonym draws no QR codes, and says so.
qrencode = $(shell $(PKG_CONFIG) --exists libqrencode 2>/dev/null && echo 1)
# Where libkeyutils is missing, no key is kept in the kernel's keyring, and the tools say so.
keyutils = $(shell $(PKG_CONFIG) --exists libkeyutils 2>/dev/null && echo 1)
our_cppflags = -D_GNU_SOURCE -Ilib -DSG_VERSION='"$(VERSION)"' -DSG_LIBEXEC='"$(libexecdir)"' \
	$(fortify) $(if $(POISON),-DSG_POISON) $(sodium_mlkem) $(libcrypto) $(if $(keyutils),-DSG_HAVE_KEYUTILS) \
	$(if $(qrencode),-DSG_HAVE_QRENCODE)
our_cflags = -std=c11 $(warnings) $(if $(WERROR)$(CI),-Werror) $(hardening) $(sanitizers) \
	$(shell $(PKG_CONFIG) --cflags libsodium libargon2 zlib sqlite3 2>/dev/null)
our_ldflags = -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed $(sanitizers)
libs = $(shell $(PKG_CONFIG) --libs libsodium libargon2 zlib sqlite3 2>/dev/null || echo -lsodium -largon2 -lz -lsqlite3) \
	$(if $(keyutils),$(shell $(PKG_CONFIG) --libs libkeyutils)) \
	$(if $(qrencode),$(shell $(PKG_CONFIG) --libs libqrencode)) -pthread

lib_src := $(wildcard lib/*/*.c)
common_src := $(wildcard cmd/common/*.c)
tools := keygen seal open vault ratchet pseudonym
plugin := age-plugin-signet
tool_src := $(foreach t,$(tools) $(plugin),$(wildcard cmd/$(t)/*.c))
unit_src := $(wildcard tests/unit/test_*.c)

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
library := $(BUILD)/libsignet.a
programs := $(addprefix $(BUILD)/bin/,signet $(tools) $(plugin))
unit_tests := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(unit_src))

ifeq ($(V),)
say = @printf '  %-7s %s\n' $(1) '$(patsubst $(BUILD)/%,%,$@)';
endif

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all deps demo check check-asan check-valgrind check-ct check-sodium run-ct wrapped-check unit-tests lint bench completions \
	install uninstall clean

all: $(programs)

$(BUILD)/obj/cmd/%.o: cmd/%.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(our_cppflags) -Icmd $(CPPFLAGS) $(our_cflags) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(our_cppflags) $(CPPFLAGS) $(our_cflags) $(CFLAGS) -MMD -MP -c -o $@ $<

$(library): $(call objects,$(lib_src))
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^

define tool_rule
$(BUILD)/bin/$(1): $(call objects,$(wildcard cmd/$(1)/*.c) $(common_src)) $(library)
endef
$(foreach t,$(tools) $(plugin),$(eval $(call tool_rule,$(t))))

$(BUILD)/bin/signet: $(call objects,cmd/signet/main.c cmd/common/options.c cmd/common/report.c \
	cmd/common/escape.c) \
	$(library)

$(programs):
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(our_ldflags) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(libs)

-include $(patsubst %.o,%.d,$(call objects,$(lib_src) $(common_src) $(tool_src) $(wildcard \
	cmd/completions/*.c cmd/signet/*.c)))

# The completions are written by a program that reads the tools' own option tables.
completions_src := $(wildcard cmd/completions/*.c)
$(BUILD)/dev/completions: $(call objects,$(completions_src) $(foreach t,$(tools),cmd/$(t)/usage.c))
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(our_ldflags) $(CFLAGS) $(LDFLAGS) -o $@ $^

completions: $(BUILD)/dev/completions
	$< bash > completions/signet.bash
	$< zsh > completions/_signet
	$< fish > completions/signet.fish

deps:
	@tests/deps.sh

demo: all
	@SIGNET_BIN=$(abspath $(BUILD)/bin) tests/demo.sh

# Tests. A unit test may name linker flags of its own in a first line /* LDFLAGS: ... */.

test_libs = -lcmocka
in_test = BUILD=$(abspath $(BUILD)) SIGNET_COMPLETIONS=$(abspath $(BUILD)/dev/completions)
drivers = $(patsubst tests/peers/%.c,$(BUILD)/tests/%,$(wildcard tests/peers/*_driver.c))
test_parts = all $(unit_tests) $(drivers) $(BUILD)/scan.so $(BUILD)/dev/completions tests/peers/node_modules

$(BUILD)/tests/%: tests/unit/%.c $(library) $(wildcard tests/unit/*.h)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(our_cppflags) -Itests $(CPPFLAGS) $(our_cflags) $(our_ldflags) $(CFLAGS) $(LDFLAGS) \
		-o $@ $< $(library) $(libs) $(test_libs) \
		$$(sed -n '1s,^/\* LDFLAGS: \(.*\) \*/$$,\1,p' $<)

$(BUILD)/tests/%_driver: tests/peers/%_driver.c $(library)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(our_cppflags) $(CPPFLAGS) $(our_cflags) $(our_ldflags) $(CFLAGS) $(LDFLAGS) \
		-o $@ $< $(library) $(libs)

$(BUILD)/bench/%: tests/bench/%.c $(library)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(our_cppflags) $(CPPFLAGS) $(our_cflags) $(our_ldflags) $(CFLAGS) $(LDFLAGS) \
		-o $@ $< $(library) $(libs)

$(BUILD)/bench/store: tests/bench/store.c $(library)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(our_cppflags) $(CPPFLAGS) $(our_cflags) $(our_ldflags) $(CFLAGS) $(LDFLAGS) \
		-o $@ $< $(library) $(libs) -ldl

# Peers that are measured where their development packages are there (Debian's libolm-dev, and
# libsignal-protocol-c-dev with libssl-dev).
peer_bench = $(BUILD)/bench/ratchet_$(1): tests/bench/ratchet_$(1).c ; @mkdir -p $$(@D); \
	$(CC) -D_GNU_SOURCE -std=c11 $(warnings) $(CFLAGS) $(LDFLAGS) -o $$@ $$< $$$$($(PKG_CONFIG) --cflags --libs $(2))
peer_benches = $(if $(call has,olm),$(BUILD)/bench/ratchet_olm) \
	$(if $(call has,libsignal-protocol-c libcrypto),$(BUILD)/bench/ratchet_signal)
has = $(shell $(PKG_CONFIG) --exists $(1) 2>/dev/null && echo yes)
$(eval $(call peer_bench,olm,olm))
$(eval $(call peer_bench,signal,libsignal-protocol-c libcrypto))

$(BUILD)/scan.so: tests/faults/scan.c
	@mkdir -p $(@D)
	$(call say,LD)$(CC) -D_GNU_SOURCE -std=c11 $(warnings) -fPIC -shared $(CFLAGS) -o $@ $< -ldl

tests/peers/node_modules: tests/peers/package.json tests/peers/package-lock.json
	@cd tests/peers && npm ci --silent --no-audit --no-fund
	@touch $@

check: $(test_parts)
	@$(in_test) SIGNET_TEST_BUILD=$(if $(SAN),asan,plain) tests/run.sh $(PARTS)

check-asan:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SAN=1 CFLAGS='-O1 -g' check

# The unit tests run under valgrind, and the tools by way of wrappers that start them under it.
check-valgrind:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/valgrind POISON=1 CFLAGS='-O1 -g' wrapped-check

wrapped-check: $(test_parts)
	@mkdir -p $(BUILD)/wrapped && ln -sf $(abspath $(BUILD)/bin/signet) $(BUILD)/wrapped/signet
	@for tool in $(tools) $(plugin); do \
		printf '#!/bin/sh\nexec valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite %s "$$@"\n' \
			$(abspath $(BUILD)/bin)/$$tool > $(BUILD)/wrapped/$$tool; \
		chmod +x $(BUILD)/wrapped/$$tool; done
	@$(in_test) SIGNET_TEST_BUILD=valgrind SIGNET_BIN=$(abspath $(BUILD)/wrapped) tests/run.sh $(PARTS)

# Secrets are undefined memory here; valgrind reports every branch or index that depends on one.
check-ct:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/ct OWN_MLKEM=1 CPPFLAGS='$(CPPFLAGS) -DSG_CT' CFLAGS='-O2 -g' run-ct

# What rests on ML-KEM, built against another libsodium than the system's, which has it.
SODIUM ?= /usr/local
SODIUM_AT = PKG_CONFIG_PATH=$(SODIUM)/lib/pkgconfig
check-sodium:
	@$(SODIUM_AT) $(PKG_CONFIG) --exists --print-errors 'libsodium >= 1.0.22'
	@$(SODIUM_AT) $(MAKE) --no-print-directory BUILD=$(BUILD)/sodium LDFLAGS='-Wl,-rpath,$(SODIUM)/lib' \
		PARTS='$(or $(PARTS),unit cctv peers)' check

ct_tests := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/ct_*.c))
run-ct: $(ct_tests)
	@for test in $^; do valgrind --quiet --error-exitcode=99 --suppressions=tests/unit/ct.supp $$test && \
		echo "ok $${test##*/}" || exit 1; done

all_c := $(wildcard lib/*/*.[ch] cmd/*/*.[ch] tests/*/*.[ch])
all_sh := $(wildcard tests/*.sh tests/*/*.sh tests/*/*.bash tests/*/*.bats) .ci/run

lint:
	@echo '  clang-format'; clang-format --dry-run -Werror $(all_c)
	@echo '  gcc -Werror'; $(MAKE) --no-print-directory BUILD=$(BUILD)/werror WERROR=1 CFLAGS=-O2 all unit-tests >/dev/null
	@echo '  clang -Werror'; $(MAKE) --no-print-directory BUILD=$(BUILD)/clang CC=clang WERROR=1 CFLAGS=-O2 all unit-tests >/dev/null
	@echo '  clang-tidy'; printf '%s\n' $(filter lib/% cmd/%,$(filter %.c,$(all_c))) | xargs -P 2 -n 4 sh -c \
		'clang-tidy --quiet "$$@" -- -std=c11 $(our_cppflags_shell) -Icmd -Itests 2>/dev/null || { clang-tidy --quiet "$$@" -- -std=c11 $(our_cppflags_shell) -Icmd -Itests; exit 255; }' sh
	@echo '  shellcheck'; shellcheck $(all_sh)
	@echo '  mandoc -T lint'; mandoc -T lint -W warning man/*.[157]
	@echo '  rooms and exports'; tests/lint/rooms.sh && $(MAKE) --no-print-directory $(library) && tests/lint/exports.sh $(library)

unit-tests: $(unit_tests)

our_cppflags_shell = -D_GNU_SOURCE -Ilib -DSG_VERSION=\"$(VERSION)\" -DSG_LIBEXEC=\"$(libexecdir)\" $(libcrypto)

# Key encapsulation is measured with our own ML-KEM, beside libsodium's where that has one.
bench: all $(BUILD)/bench/store $(BUILD)/bench/ratchet $(BUILD)/bench/ring
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/own OWN_MLKEM=1 $(BUILD)/own/bench/kem
	@SIGNET_BIN=$(abspath $(BUILD)/bin) tests/bench/bench.sh
	@SIGNET_BIN=$(abspath $(BUILD)/bin) tests/bench/ratchet_tool.sh
	@$(BUILD)/own/bench/kem
	@$(BUILD)/bench/store $${TMPDIR:-/tmp}
	@if [ -d tests/peers/node_modules ]; then node tests/bench/kem.mjs; fi
	@$(BUILD)/bench/ratchet
	@$(BUILD)/bench/ring
	@set -e; for peer in $(peer_benches); do $(MAKE) -s --no-print-directory $$peer; $$peer; done
	@node tests/bench/ratchet.mjs

install: all
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(libexecdir) $(DESTDIR)$(mandir)/man1 $(DESTDIR)$(mandir)/man5 \
		$(DESTDIR)$(mandir)/man7 $(DESTDIR)$(bashdir) $(DESTDIR)$(zshdir) $(DESTDIR)$(fishdir)
	install -m 755 $(BUILD)/bin/signet $(DESTDIR)$(bindir)/signet
	install -m 755 $(BUILD)/bin/$(plugin) $(DESTDIR)$(bindir)/$(plugin)
	install -m 755 $(addprefix $(BUILD)/bin/,$(tools)) $(DESTDIR)$(libexecdir)/
	install -m 644 $(wildcard man/*.1) $(DESTDIR)$(mandir)/man1/
	install -m 644 $(wildcard man/*.5) $(DESTDIR)$(mandir)/man5/
	install -m 644 $(wildcard man/*.7) $(DESTDIR)$(mandir)/man7/
	install -m 644 completions/signet.bash $(DESTDIR)$(bashdir)/signet
	install -m 644 completions/_signet $(DESTDIR)$(zshdir)/_signet
	install -m 644 completions/signet.fish $(DESTDIR)$(fishdir)/signet.fish
	for tool in $(tools); do ln -sf signet $(DESTDIR)$(bashdir)/$$tool; \
		ln -sf signet.fish $(DESTDIR)$(fishdir)/$$tool.fish; done

uninstall:
	rm -f $(DESTDIR)$(bindir)/signet $(DESTDIR)$(bindir)/$(plugin) $(addprefix $(DESTDIR)$(libexecdir)/,$(tools)) \
		$(addprefix $(DESTDIR)$(mandir)/man1/,$(notdir $(wildcard man/*.1))) \
		$(addprefix $(DESTDIR)$(mandir)/man5/,$(notdir $(wildcard man/*.5))) \
		$(addprefix $(DESTDIR)$(mandir)/man7/,$(notdir $(wildcard man/*.7))) \
		$(addprefix $(DESTDIR)$(bashdir)/,signet $(tools)) $(DESTDIR)$(zshdir)/_signet \
		$(addprefix $(DESTDIR)$(fishdir)/,$(addsuffix .fish,signet $(tools)))
	-rmdir $(DESTDIR)$(libexecdir)

clean:
	rm -rf build
