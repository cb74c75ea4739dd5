import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainRefusal } from './refusal.ts';

const said = 'unshare: unshare failed: Operation not permitted';

test('each cause that the kernel shows is named, with what to do', () => {
  for (const [name, value, reason] of [
    ['user.max_user_namespaces', '0', /max_user_namespaces is 0; set it above 0/],
    ['user.max_net_namespaces', '0', /max_net_namespaces is 0; set it above 0/],
    ['kernel.unprivileged_userns_clone', '0', /unprivileged_userns_clone is 0; set it to 1/],
    ['kernel.apparmor_restrict_unprivileged_userns', '1', /AppArmor/],
  ] as const) {
    const explained = explainRefusal(said, (asked) => (asked === name ? value : null), null);
    assert.match(explained, reason);
    assert.ok(explained.includes(said));
  }
  assert.match(
    explainRefusal(said, () => null, 'NoNewPrivs:\t0\nSeccomp:\t2\n'),
    /seccomp/,
  );
});

test('an unshare that does not know an option is no refusal of the kernel', () => {
  const busybox = 'unshare: unrecognized option: kill-child=SIGKILL\nBusyBox v1.36.1 multi-call binary.';
  assert.match(
    explainRefusal(busybox, () => '0', null),
    /^this unshare is too old.*: install util-linux 2\.32 or later \(.*kill-child=SIGKILL; BusyBox/,
  );
});

test('without a known cause it gives what was said', () => {
  assert.equal(explainRefusal(said, () => '1000', 'Seccomp:\t0\n').includes('AppArmor'), false);
  const fine = (name: string) => (name.startsWith('user.') ? '96365' : null);
  assert.equal(
    explainRefusal(said, fine, 'Seccomp:\t0\n'),
    `the kernel refused a user and network namespace (${said})`,
  );
});
