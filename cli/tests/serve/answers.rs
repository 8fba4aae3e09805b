//! How responses are transferred.

use std::io::Read as _;

use flate2::read::GzDecoder;

use crate::server::Server;
use crate::{STREAMS, stream};

#[test]
fn large_responses_are_compressed_for_clients_that_accept_it() {
    let server = Server::start(&[]);
    let padding = "x".repeat(2000);
    for index in 0..70 {
        let object = stream(&format!("web{index}"));
        let object =
            object.replace("\"metadata\": {", &format!("\"metadata\": {{\"annotations\": {{\"a\": \"{padding}\"}}, "));
        assert_eq!(server.request("POST", STREAMS, None, object.as_bytes()).0, 201);
    }
    let plain = server.send("GET", STREAMS, &[], b"");
    assert!(plain.body.len() > 128 * 1024 && !plain.head.to_lowercase().contains("content-encoding"));
    for accepted in ["gzip", "deflate, gzip;q=0.9"] {
        let answer = server.send("GET", STREAMS, &[("Accept-Encoding", accepted)], b"");
        assert!(
            answer.has_header("content-encoding: gzip") && answer.has_header("vary: accept-encoding"),
            "{}",
            answer.head
        );
        assert!(answer.has_header(&format!("content-length: {}", answer.body.len())), "{}", answer.head);
        let mut body = Vec::new();
        GzDecoder::new(answer.body.as_slice()).read_to_end(&mut body).unwrap();
        assert!(body == plain.body, "it is the same list");
    }
    let small = server.send("GET", &format!("{STREAMS}/web0"), &[("Accept-Encoding", "gzip")], b"");
    assert!(!small.head.to_lowercase().contains("content-encoding"));
}
