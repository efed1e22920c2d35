export interface FreeradiusClient {
  readonly name: string;
  /** An address or a network. */
  readonly address: string;
  readonly secret: string;
  /** A request without Message-Authenticator is discarded; off when left out. */
  readonly requireMessageAuthenticator?: boolean;
}

/** The next server, for a FreeRADIUS that decides nothing itself. */
export interface FreeradiusNext {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly secret: string;
  /** The loopback address to ask from: it says which client this is. */
  readonly sourceAddress: string;
}

export interface FreeradiusConfiguration {
  readonly dir: string;
  readonly port: number;
  readonly accountingPort: number;
  readonly clients: readonly FreeradiusClient[];
  readonly tls: boolean;
  readonly proxyTo: FreeradiusNext | undefined;
  readonly changePassword: string | undefined;
}

/** A whole `radiusd.conf` for FreeRADIUS 3.2 that needs nothing of the system's configuration. */
export function freeradiusConfiguration(parts: FreeradiusConfiguration): string {
  const { dir, port, accountingPort, clients, tls, proxyTo, changePassword } = parts;
  return `
prefix = /usr
libdir = /usr/lib/freeradius
confdir = ${dir}
logdir = ${dir}
run_dir = ${dir}
correct_escapes = true
max_request_time = 30
cleanup_delay = 5
max_requests = 16384
hostname_lookups = no
proxy_requests = ${proxyTo === undefined ? "no" : "yes"}
log {
  destination = stdout
  auth = no
}
security {
  max_attributes = 200
  reject_delay = 0
  status_server = yes
  allow_vulnerable_openssl = yes
}
thread pool {
  start_servers = 2
  max_servers = 4
  min_spare_servers = 1
  max_spare_servers = 2
  max_requests_per_server = 0
}
${clients.map(client).join("\n")}
${proxyTo === undefined ? "" : next(proxyTo)}
${proxyTo === undefined ? modules(dir, tls, changePassword) : ""}
listen {
  type = auth
  ipaddr = 127.0.0.1
  port = ${port}
}
listen {
  type = acct
  ipaddr = 127.0.0.1
  port = ${accountingPort}
}
${proxyTo === undefined ? server("default") : PROXY}
${tls ? server("inner") : ""}
`;
}

function client({ name, address, secret, requireMessageAuthenticator = false }: FreeradiusClient): string {
  return `client ${name} {
  ipaddr = ${address}
  secret = "${secret}"
  require_message_authenticator = ${requireMessageAuthenticator ? "yes" : "no"}
}`;
}

const PROXY = `server {
  authorize {
    update control {
      Proxy-To-Realm := "next"
    }
  }
}`;

function next({ port, secret, sourceAddress }: FreeradiusNext): string {
  return `proxy server {
  default_fallback = no
}
home_server next {
  type = auth
  ipaddr = 127.0.0.1
  port = ${port}
  secret = "${secret}"
  src_ipaddr = ${sourceAddress}
  response_window = 30
  zombie_period = 40
  status_check = none
}
home_server_pool next {
  type = fail-over
  home_server = next
}
realm next {
  auth_pool = next
  nostrip
}`;
}

function modules(dir: string, tls: boolean, changePassword = "/bin/false"): string {
  return `modules {
  always ok {
    rcode = ok
  }
  files {
    filename = ${dir}/users
  }
  pap {
  }
  chap {
  }
  mschap {
    use_mppe = yes
    require_encryption = yes
    require_strong = yes
  }
  exec change_password {
    wait = yes
    timeout = 10
    input_pairs = request
    output_pairs = reply
    shell_escape = no
    program = "${changePassword} ${PASSWORD_CHANGE.map((name) => `%{${name}}`).join(" ")}"
  }
  eap {
    default_eap_type = ${tls ? "peap" : "md5"}
    timer_expire = 60
    ignore_unknown_eap_types = no
    max_sessions = 4096
    md5 {
    }
    gtc {
      auth_type = PAP
    }
    mschapv2 {
    }
${tls ? tunnels(dir) : ""}
  }
}`;
}

const PASSWORD_CHANGE = [
  "User-Name",
  "control:Cleartext-Password",
  "MS-CHAP-Challenge",
  "MS-CHAP2-CPW",
  ...[0, 1, 2].map((index) => `MS-CHAP-NT-Enc-PW[${index}]`),
];

function tunnels(dir: string): string {
  return `    tls-config tunnel {
      private_key_file = ${dir}/server.key
      certificate_file = ${dir}/server.pem
      ca_file = ${dir}/server.pem
      tls_min_version = "1.2"
      tls_max_version = "1.2"
    }
    peap {
      tls = tunnel
      default_eap_type = mschapv2
      virtual_server = inner
      use_tunneled_reply = yes
    }
    ttls {
      tls = tunnel
      default_eap_type = md5
      virtual_server = inner
      use_tunneled_reply = yes
    }`;
}

function server(name: "default" | "inner"): string {
  return `server ${name === "default" ? "" : name} {
  authorize {
    chap
    mschap
    eap {
      ok = return
    }
    files
    pap
    if (&request:MS-CHAP2-CPW) {
      update control {
        &Auth-Type := change_password
      }
    }
  }
  authenticate {
    change_password
    Auth-Type PAP {
      ${ASKING_PAP}
    }
    Auth-Type CHAP {
      chap
    }
    Auth-Type MS-CHAP {
      mschap
    }
    eap
  }
${name === "default" ? "  preacct {\n  }\n  accounting {\n    ok\n  }\n" : ""}}`;
}

/** A user with Tmp-String-0 is asked for it once the password was right, with the words of Tmp-String-1. */
const ASKING_PAP = `if (&control:Tmp-String-0 && &session-state:Tmp-String-0) {
        update control {
          &Cleartext-Password := &control:Tmp-String-0
        }
      }
      pap
      if (&control:Tmp-String-0 && !&session-state:Tmp-String-0) {
        update {
          &session-state:Tmp-String-0 := "asked"
          &control:Response-Packet-Type := Access-Challenge
          &reply: !* ANY
          &reply:Reply-Message := &control:Tmp-String-1
        }
      }`;
