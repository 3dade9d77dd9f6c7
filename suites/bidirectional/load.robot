*** Settings ***
Documentation    Many requests at once, many connections, and a load that lasts.

Resource         ../../resources/sync.resource

Test Tags        bidirectional    priority:medium


*** Test Cases ***
A thousand tasks by ten workers
    [Documentation]    Ten requests are under way at once, none is lost, and all are done within half a minute.
    [Tags]    M-12
    Given the relay admits any number of requests
      And clients send 10 requests at once
      And Alice and Bob work on one repository
     When Alice creates 1000 tasks at once
     Then Bob should have every task within 30 seconds
      And Alice's requests, 10 at once, should have taken at most 30 seconds

Two hundred connections are all told
    [Documentation]    Each is told of every change once, in the order in which the server made them.
    [Tags]    M-14    unscaled
    Given Alice and Bob work on one repository
     When Bob watches with 200 connections
      And Alice creates 20 tasks
     Then Bob's 200 connections should be told of all changes within 10 seconds
      And Bob should have 20 tasks within 2 seconds

A load that lasts
    [Documentation]    Five requests a second for a minute: none fails, and what the server needs stays what it was.
    [Tags]    M-15    slow
    Given the relay admits any number of requests
      And Alice and Bob work on one repository
     When Alice creates 300 tasks over 60 seconds
     Then Bob should have 300 tasks within 10 seconds
      And the relay should have answered all of 300 requests, with at most 4 MB more memory in the end
