//! Reads the two forms of a libpq connection string into parameters: the URI and the list of `key=value`
//! (documentation of Postgres, section "Connection Strings"). What the parameters mean is not known here.

use std::iter::Peekable;
use std::str::Chars;

use super::ConnectError;

/// Parameters in the order in which they were given.
pub(super) type Parameters = Vec<(String, String)>;

/// Reads either form.
pub(super) fn read(text: &str) -> Result<Parameters, ConnectError> {
    let text = text.trim();
    let uri = ["postgresql://", "postgres://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    match uri {
        Some(rest) => read_uri(rest),
        None if text.contains("://") => {
            Err(syntax("it starts with another scheme than postgresql:// or postgres://"))
        }
        None => read_pairs(text),
    }
}

/// `[user[:password]@][host[:port],...][/database][?name=value&...]`
fn read_uri(rest: &str) -> Result<Parameters, ConnectError> {
    let mut parameters = Parameters::new();
    let (before, query) = rest.split_once('?').map_or((rest, ""), |(before, query)| (before, query));
    let (authority, database) = before.split_once('/').unwrap_or((before, ""));
    let (credentials, hosts) =
        authority.rsplit_once('@').map_or((None, authority), |(left, right)| (Some(left), right));
    if let Some(credentials) = credentials {
        let (user, password) = credentials.split_once(':').map_or((credentials, None), |(u, p)| (u, Some(p)));
        push(&mut parameters, "user", user)?;
        push(&mut parameters, "password", password.unwrap_or_default())?;
    }
    if !hosts.is_empty() {
        let pairs: Vec<(&str, &str)> = hosts.split(',').map(host_and_port).collect::<Result<_, _>>()?;
        let hosts: Vec<&str> = pairs.iter().map(|(host, _)| *host).collect();
        let ports: Vec<&str> = pairs.iter().map(|(_, port)| *port).collect();
        push(&mut parameters, "host", &hosts.join(","))?;
        if ports.iter().any(|port| !port.is_empty()) {
            push(&mut parameters, "port", &ports.join(","))?;
        }
    }
    push(&mut parameters, "dbname", database)?;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or_else(|| syntax("a parameter after `?` has no `=`"))?;
        parameters.push((decoded(name)?, decoded(value)?));
    }
    Ok(parameters)
}

/// `host`, `host:port`, `[address]` or `[address]:port`; an empty port when there is none.
fn host_and_port(text: &str) -> Result<(&str, &str), ConnectError> {
    let Some(bracketed) = text.strip_prefix('[') else {
        return Ok(text.split_once(':').unwrap_or((text, "")));
    };
    let (host, after) = bracketed.split_once(']').ok_or_else(|| syntax("a `[` before a host has no `]`"))?;
    match after.strip_prefix(':') {
        Some(port) => Ok((host, port)),
        None if after.is_empty() => Ok((host, "")),
        None => Err(syntax("only a port may follow the `]` after a host")),
    }
}

/// Adds a part of a URI, unless it is empty, which is as good as missing.
fn push(parameters: &mut Parameters, name: &str, value: &str) -> Result<(), ConnectError> {
    if !value.is_empty() {
        parameters.push((name.to_owned(), decoded(value)?));
    }
    Ok(())
}

/// Resolves percent-encoding (RFC 3986, section 2.1).
fn decoded(text: &str) -> Result<String, ConnectError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit =
            |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (high, low) = (digit(rest.next()), digit(rest.next()));
        let (Some(high), Some(low)) = (high, low) else {
            return Err(syntax("a `%` is not followed by two hexadecimal digits"));
        };
        bytes.push(high << 4 | low);
    }
    if bytes.contains(&0) {
        return Err(syntax("it contains %00"));
    }
    String::from_utf8(bytes).map_err(|_| syntax("its percent-encoded bytes are not UTF-8"))
}

/// `name = value name='quoted value' ...`, with backslash before a quote or a backslash.
fn read_pairs(text: &str) -> Result<Parameters, ConnectError> {
    let mut parameters = Parameters::new();
    let mut rest = text.chars().peekable();
    loop {
        skip_space(&mut rest);
        if rest.peek().is_none() {
            return Ok(parameters);
        }
        let mut name = String::new();
        while let Some(next) = rest.next_if(|next| !next.is_whitespace() && *next != '=') {
            name.push(next);
        }
        skip_space(&mut rest);
        if rest.next() != Some('=') {
            // The text may be a misplaced password, so it is not repeated.
            return Err(syntax("a name is not followed by `=`"));
        }
        skip_space(&mut rest);
        parameters.push((name, value(&mut rest)?));
    }
}

fn skip_space(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|next| next.is_whitespace()).is_some() {}
}

fn value(rest: &mut Peekable<Chars<'_>>) -> Result<String, ConnectError> {
    let mut value = String::new();
    let quoted = rest.next_if_eq(&'\'').is_some();
    loop {
        let next = if quoted { rest.next() } else { rest.next_if(|next| !next.is_whitespace()) };
        match next {
            Some('\'') if quoted => return Ok(value),
            Some('\\') => value.extend(rest.next()),
            Some(next) => value.push(next),
            None if quoted => return Err(syntax("a quoted value has no closing quote")),
            None => return Ok(value),
        }
    }
}

pub(super) fn syntax(why: &str) -> ConnectError {
    ConnectError::Syntax { why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<String> {
        read(text).unwrap().into_iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    #[test]
    fn uris_are_read() {
        let full =
            "postgresql://ann:p%40ss%3Aword@db.example:6000/site?sslmode=require&application_name=a%20b";
        let expected = [
            "user=ann",
            "password=p@ss:word",
            "host=db.example",
            "port=6000",
            "dbname=site",
            "sslmode=require",
            "application_name=a b",
        ];
        assert_eq!(pairs(full), expected);
        assert_eq!(pairs("postgres://"), [] as [&str; 0]);
        assert_eq!(pairs("postgres:///site"), ["dbname=site"]);
        assert_eq!(
            pairs("postgres://ann@%2Frun%2Fpg:1/site"),
            ["user=ann", "host=/run/pg", "port=1", "dbname=site"]
        );
        assert_eq!(pairs("postgres://[::1]:7,[::2]/x"), ["host=::1,::2", "port=7,", "dbname=x"]);
        assert_eq!(pairs("postgres://h?host=/run/pg"), ["host=h", "host=/run/pg"]);
        // A raw @ in a password is wrong but common; the last one ends the credentials.
        assert_eq!(pairs("postgres://ann:p@ss@h/x"), ["user=ann", "password=p@ss", "host=h", "dbname=x"]);
    }

    #[test]
    fn pairs_are_read() {
        assert_eq!(
            pairs(r"host=h  user = 'an\'n b' password=a\\b\ c dbname=''"),
            ["host=h", "user=an'n b", r"password=a\b c", "dbname="]
        );
        assert_eq!(pairs("  "), [] as [&str; 0]);
    }

    #[test]
    fn broken_addresses_are_refused_without_repeating_them() {
        let cases = [
            ("postgres://u:secret%4@h/x", "hexadecimal"),
            ("postgres://u:secret%zz@h/x", "hexadecimal"),
            ("postgres://u:secret%ff@h/x", "UTF-8"),
            ("postgres://u:secret%00@h/x", "%00"),
            ("postgres://u:secret@[::1/x", "no `]`"),
            ("postgres://u:secret@[::1]x/x", "only a port"),
            ("postgres://u:secret@h/x?sslmode", "no `=`"),
            ("mysql://u:secret@h/x", "another scheme"),
            ("password secret", "not followed by `=`"),
            ("password='secret", "closing quote"),
        ];
        for (text, part) in cases {
            let message = read(text).unwrap_err().to_string();
            assert!(message.contains(part) && !message.contains("secret"), "{text}: {message}");
        }
    }
}
