//! Wrong settings are refused before anything is touched, by a message that names the variable, the value and what is
//! allowed. Secrets are never printed.

use super::harness::*;

/// A variable, a wrong value, and what the message says is allowed.
const WRONG: [(&str, &str, &[&str]); 29] = [
    ("MASTHEAD_LISTEN", "8080", &["127.0.0.1:8080"]),
    ("MASTHEAD_WORKERS", "several", &["whole number from 1"]),
    ("MASTHEAD_WORKERS", "0", &["whole number from 1"]),
    ("MASTHEAD_DATABASE_CONNECTIONS", "0", &["from 1 to 100"]),
    ("MASTHEAD_DATABASE_WAIT_MS", "60001", &["from 1 to 60000"]),
    ("MASTHEAD_SLOW_QUERY_MS", "1s", &["from 0 to 60000"]),
    ("MASTHEAD_METRICS_LISTEN", "9464", &["127.0.0.1:9464"]),
    ("MASTHEAD_CACHE_TAG_BYTES", "16385", &["from 0 to 16384"]),
    ("MASTHEAD_MAX_JSON_BYTES", "1e6", &["from 1024 to 104857600"]),
    ("MASTHEAD_SHUTDOWN_SECONDS", "-1", &["from 0 to 600"]),
    ("MASTHEAD_LOG", "loud", &["error, warn, info, debug or trace"]),
    ("MASTHEAD_LOG_FORMAT", "yaml", &["auto", "text", "json"]),
    ("MASTHEAD_BEHIND_TLS", "perhaps", &["true", "false"]),
    ("MASTHEAD_TRUSTED_PROXIES", "nonsense", &["neither an address nor a network", "10.0.0.0/8, 192.0.2.7"]),
    ("MASTHEAD_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/33", &["10.0.0.0/33", "10.0.0.0/8, 192.0.2.7"]),
    ("MASTHEAD_TRUSTED_PROXIES", "0.0.0.0/0", &["every address", "choose its own"]),
    ("MASTHEAD_READ_RATE", "fast", &["from 0 to 1000000"]),
    ("MASTHEAD_ADMIN_RATE", "1000001", &["from 0 to 1000000"]),
    ("MASTHEAD_SAMPLE", "some", &["true", "false"]),
    ("MASTHEAD_NO_WORKER", "often", &["true", "false"]),
    ("MASTHEAD_SITE_URL", "www.example.org", &["https://www.example.org"]),
    ("MASTHEAD_PUBLIC_URL", "cms.example.org", &["https://cms.example.org"]),
    ("MASTHEAD_PUBLIC_URL", "http://cms.example.org", &["https", "loopback"]),
    ("MASTHEAD_UPLOADS", "gs://media", &["a folder, or s3://bucket or s3://bucket/prefix"]),
    ("MASTHEAD_UPLOADS", "s3://media/../x", &["s3://bucket/prefix"]),
    ("MASTHEAD_MAX_UPLOAD_BYTES", "50M", &["from 1024 to 10737418240"]),
    ("MASTHEAD_UPLOAD_TIMEOUT_SECONDS", "0", &["from 1 to 86400"]),
    ("MASTHEAD_UNUSED_UPLOADS_HOURS", "-1", &["from 0 to 8760"]),
    ("MASTHEAD_MAIL_FROM", "Masthead", &["Masthead <cms@example.org>"]),
];

#[test]
fn a_wrong_variable_is_named_with_its_value_and_what_is_allowed() {
    let place = Place::new();
    for (variable, value, allowed) in WRONG {
        let mut command = masthead(&["serve", "--data-dir"]);
        command.arg(place.data_dir()).env(variable, value);
        finish(command, "").ended(2).says(&[variable, value]).says(allowed);
    }
    assert!(!place.data_dir().exists(), "a refused start has begun to work");
}

#[test]
fn a_wrong_flag_is_named_with_its_value_and_what_is_allowed() {
    let place = Place::new();
    let wrong: [(&[&str], &[&str]); 12] = [
        (&["serve", "--listen", "localhost"], &["--listen", "localhost", "127.0.0.1:8080"]),
        (&["serve", "--workers", "0"], &["--workers", "'0'", "whole number from 1"]),
        (&["serve", "--max-uri-bytes", "255"], &["--max-uri-bytes", "255", "from 256 to 65536"]),
        (
            &["serve", "--trusted-proxies", "nonsense"],
            &["--trusted-proxies", "nonsense", "10.0.0.0/8, 192.0.2.7"],
        ),
        (&["serve", "--read-rate", "0.5"], &["--read-rate", "0.5", "from 0 to 1000000"]),
        (&["serve", "--database-connections", "101"], &["--database-connections", "101", "from 1 to 100"]),
        (&["serve", "--colour", "blue"], &["--colour", "unexpected argument"]),
        (&["bake"], &["bake", "unrecognized subcommand"]),
        (&["migrate", "sideways"], &["sideways", "status", "run"]),
        (&["openapi", "write"], &["write", "read", "admin"]),
        (&["token", "create", "--user", "ilse", "--name", "x"], &["--user", "ilse", "name@example.org"]),
        (
            &["token", "create", "--user", "ilse@example.org", "--name", "x", "--expires", "1y"],
            &["--expires", "1y", "30d"],
        ),
    ];
    for (arguments, parts) in wrong {
        run(&place, arguments).ended(2).says(parts);
    }
    finish(masthead(&[]), "").ended(2).says(&["Usage:", "serve"]);
    assert!(!place.data_dir().exists());
}

const PASSWORD: &str = "sesame-violet-9731";

#[test]
fn the_password_of_a_database_is_printed_nowhere() {
    let place = Place::new();
    let urls = [
        // Nobody listens there.
        format!("postgresql://ilse:{PASSWORD}@127.0.0.1:1/cms"),
        format!("postgresql://ilse:{PASSWORD}@127.0.0.1:1/cms?sslmode=sometimes"),
        format!("postgresql://ilse:{PASSWORD}@127.0.0.1:port/cms"),
        format!("host=127.0.0.1 port=1 user=ilse password={PASSWORD} dbname=cms"),
        format!("nonsense {PASSWORD}"),
    ];
    for url in &urls {
        for command in [&["serve"][..], &["doctor"], &["doctor", "--json"], &["migrate", "run"]] {
            for variable in ["DATABASE_URL", "MASTHEAD_MIGRATE_URL", "MASTHEAD_READER_URL"] {
                let mut command = masthead(command);
                command.args(["--log", "trace"]).env("DATABASE_URL", &urls[0]).env(variable, url);
                command.env("MASTHEAD_UPLOADS", place.uploads());
                let ran = finish(command, "").ended(1).says(&["error: "]);
                assert!(!format!("{}{}", ran.out, ran.err).contains(PASSWORD), "{ran:#?}");
            }
        }
        let mut help = masthead(&["serve", "--help"]);
        for variable in ["DATABASE_URL", "MASTHEAD_MIGRATE_URL", "MASTHEAD_READER_URL"] {
            help.env(variable, url);
        }
        let ran = finish(help, "").ended(0);
        assert!(!ran.out.contains(PASSWORD) && ran.out.contains("DATABASE_URL"), "{ran:#?}");
    }
}

#[test]
fn wrong_settings_of_mail_end_the_start_without_their_password() {
    let place = Place::new();
    let serve = |url: &str, more: &[&str]| {
        let mut command = masthead(&["serve", "--log", "trace", "--data-dir"]);
        command.arg(place.data_dir()).args(more).env("MASTHEAD_SMTP_URL", url);
        let ran = finish(command, "");
        assert!(!format!("{}{}", ran.out, ran.err).contains(PASSWORD), "{ran:#?}");
        ran
    };
    let good = format!("smtp://ilse:{PASSWORD}@mail.example.org");
    serve(&good, &[]).ended(2).says(&["--mail-from", "MASTHEAD_MAIL_FROM"]);
    let from = ["--mail-from", "Masthead <cms@example.org>"];
    for wrong in ["?tls=sometimes", ":port", "/path", "?tls=opportunistic"] {
        serve(&format!("{good}{wrong}"), &from).ended(1).says(&["MASTHEAD_SMTP_URL: ", "tls=required"]);
    }
    let absent = place.0.join("absent.pem").display().to_string();
    serve(&good, &[&from[..], &["--smtp-ca", &absent]].concat())
        .ended(1)
        .says(&["MASTHEAD_SMTP_CA: ", &absent]);
    let help = serve(&good, &["--help"]).ended(0);
    assert!(help.out.contains("MASTHEAD_SMTP_URL"), "{help:#?}");
    assert!(!place.data_dir().exists(), "a refused start has begun to work");
}

#[test]
fn wrong_settings_of_the_storage_end_the_start_without_their_secret() {
    let place = Place::new();
    let serve = |more: &[(&str, &str)]| {
        let mut command = masthead(&["serve", "--log", "trace", "--data-dir"]);
        command.arg(place.data_dir()).env("MASTHEAD_UPLOADS", "s3://media").envs(more.iter().copied());
        command.env("MASTHEAD_S3_SECRET_ACCESS_KEY", PASSWORD);
        let ran = finish(command, "");
        assert!(!format!("{}{}", ran.out, ran.err).contains(PASSWORD), "{ran:#?}");
        ran
    };
    serve(&[]).ended(2).says(&["--s3-access-key-id", "MASTHEAD_S3_ACCESS_KEY_ID"]);
    let id = ("MASTHEAD_S3_ACCESS_KEY_ID", "ilse");
    for (endpoint, why) in [
        ("http://s3.example.org", "loopback"),
        ("https://ilse:secret@s3.example.org", "AWS_SECRET_ACCESS_KEY"),
        ("https://s3.example.org/media", "MASTHEAD_UPLOADS"),
        ("s3.example.org", "https://s3.example.org"),
    ] {
        serve(&[id, ("MASTHEAD_S3_ENDPOINT", endpoint)]).ended(1).says(&["MASTHEAD_S3_ENDPOINT", why]);
    }
    assert!(!place.data_dir().exists(), "a refused start has begun to work");
    let file = place.0.join("no-folder");
    std::fs::write(&file, "").unwrap();
    let file = file.display().to_string();
    serve(&[id, ("MASTHEAD_UPLOADS", &file)]).ended(1).says(&["MASTHEAD_UPLOADS", &file]);
    assert!(!place.data_dir().exists(), "a refused start has begun to work");
}

#[test]
fn a_database_that_cannot_be_reached_is_named() {
    let place = Place::new();
    let mut command = masthead(&["serve"]);
    command.env("MASTHEAD_UPLOADS", place.uploads());
    command.env("DATABASE_URL", format!("postgresql://ilse:{PASSWORD}@127.0.0.1:1/cms"));
    finish(command, "").ended(1).says(&["127.0.0.1", "refused"]);
    let mut command = masthead(&["serve"]);
    command.env("MASTHEAD_UPLOADS", place.uploads());
    command.env("DATABASE_URL", "postgresql://ilse@127.0.0.1:port/cms");
    finish(command, "").ended(1).says(&["DATABASE_URL"]);
}
