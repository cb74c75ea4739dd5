/**
 * Why the kernel refused a user and network namespace, in a sentence with what to do.
 *
 * @param message what unshare or ip said
 * @param readSysctl a kernel setting by its dotted name, or null where there is none
 * @param status the text of /proc/self/status, or null
 */
export function explainRefusal(
  message: string,
  readSysctl: (name: string) => string | null,
  status: string | null,
): string {
  const said = `(${message.replaceAll('\n', '; ')})`;
  if (/(unrecognized|unknown|invalid) option/.test(message)) {
    return `this unshare is too old, or another than util-linux's: install util-linux 2.32 or later ${said}`;
  }
  if (readSysctl('user.max_user_namespaces') === '0') {
    return `user namespaces are forbidden: sysctl user.max_user_namespaces is 0; set it above 0 ${said}`;
  }
  if (readSysctl('kernel.unprivileged_userns_clone') === '0') {
    return `user namespaces need root: sysctl kernel.unprivileged_userns_clone is 0; set it to 1 ${said}`;
  }
  if (readSysctl('kernel.apparmor_restrict_unprivileged_userns') === '1') {
    return `AppArmor restricts user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns is 1; set it to 0, or give unshare a profile that allows userns ${said}`;
  }
  if (readSysctl('user.max_net_namespaces') === '0') {
    return `network namespaces are forbidden: sysctl user.max_net_namespaces is 0; set it above 0 ${said}`;
  }
  if (/^Seccomp:\s*2$/m.test(status ?? '')) {
    return `a seccomp filter is in force, most likely the container's, and it may forbid unshare: start the container with a profile that allows it (Docker: --security-opt seccomp=unconfined) ${said}`;
  }
  return `the kernel refused a user and network namespace ${said}`;
}
